// Texts to train on, made here so that the tests need no files.

/** Sentences with enough order in them that a tiny model's loss falls. */
export function english(bytes: number): string {
  const who = ['the cat', 'a dog', 'my aunt', 'the old king', 'one bird'];
  const does = ['sees', 'likes', 'calls', 'follows', 'forgets'];
  let text = '';
  for (let i = 0; text.length < bytes; i++)
    text += `${who[(i * 7) % 5]} ${does[(i * 3 + (i >> 2)) % 5]} ${who[(i * i + 1) % 5]}.\n`;
  return text.slice(0, bytes);
}

export const KOREAN =
  '다람쥐 헌 쳇바퀴에 타고파. 키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.\n'.repeat(20);

export const EMOJI = '🐈 meows at 🐕, 👩‍🚀 waves 👋🏽 and 🎉🎊🥳 follow; café, naïve, ½ ≠ ⅓.\n'.repeat(30);

export const FRENCH =
  "L'été dernier, nous avons mangé des pêches à l’école. « Où êtes-vous allés ? » dit-elle, étonnée ; voilà un cœur brisé.\n";

export const RUSSIAN =
  'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.\nВсё смешалось в доме.\n';

export const JAPANESE =
  '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n何でも薄暗いじめじめした所で泣いていた。\n';

export const CHINESE =
  '从前有一个老国王，他住在山脚下的大城堡里。国王有三个女儿，个个聪明美丽。\n学而时习之，不亦说乎？\n';

export const WINDOWS = 'First line\r\nSecond line\r\n\r\nA new paragraph\r\n'.repeat(40);
