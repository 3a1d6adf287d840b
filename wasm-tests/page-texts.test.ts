// Texts on the page: from files, in any script, and texts that cannot be trained on.

import { createHash } from 'node:crypto';
import { checkpointInfo, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  dropFile,
  generated,
  reachStep,
  sample,
  setOptions,
  textArea,
  tinyModel,
  until,
  usePage,
  openPanel,
  preset,
} from './helpers/page.ts';
import { EMOJI, KOREAN, WINDOWS, english } from './helpers/texts.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('texts on the page', () => {
  const { open } = usePage();

  test.each([
    ['Korean', KOREAN],
    ['emoji', EMOJI],
    ['Windows line endings', WINDOWS],
  ])(
    'a dropped file in %s trains on exactly its text, with line feeds, and generates',
    async (_name, text) => {
      const { page } = await open();
      await dropFile(page, 'my text.txt', utf8(text));
      await until(async () => (await textArea(page).inputValue()) === text.replaceAll('\r\n', '\n'));
      await tinyModel(page, 30);
      await button(page, 'Train').click();
      await page.getByText('Done: all 30 steps.').waitFor();
      expect((await sample(page).innerText()).length).toBeGreaterThan(0);
      await page.getByLabel('Prompt').fill(text.slice(0, 8));
      await button(page, 'Generate').click();
      await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
      expect((await generated(page).innerText()).length).toBeGreaterThan(8);
      const info = await checkpointInfo(await savedModel(page));
      const lines = text.replaceAll('\r\n', '\n');
      expect(info.corpus_sha256).toBe(createHash('sha256').update(lines).digest('hex'));
    },
  );

  test('a file chosen with the button and edited trains with the edits', async () => {
    const { page } = await open();
    const chooser = page.waitForEvent('filechooser');
    await button(page, 'Open a file').click();
    await (
      await chooser
    ).setFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from(english(2000)) });
    await until(async () => (await textArea(page).inputValue()) === english(2000));
    await textArea(page).press('Control+End');
    await page.keyboard.insertText('하나 더');
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    const info = await checkpointInfo(await savedModel(page));
    const expected = createHash('sha256')
      .update(`${english(2000)}하나 더`)
      .digest('hex');
    expect(info.corpus_sha256).toBe(expected);
  });

  test('a large file shows only its beginning and trains as a whole', async () => {
    const { page } = await open();
    const large = `${english(3_000_000)}끝\n`;
    const chooser = page.waitForEvent('filechooser');
    await button(page, 'Open a file').click();
    await (await chooser).setFiles({ name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.from(large) });
    await page.getByText('Only the beginning is shown; training uses all 3 MB of “large.txt”.').waitFor();
    expect((await textArea(page).inputValue()).length).toBeLessThan(30_000);
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    const info = await checkpointInfo(await savedModel(page));
    expect(info.corpus_sha256).toBe(createHash('sha256').update(large).digest('hex'));
    await button(page, 'Clear').click();
    expect(await textArea(page).inputValue()).toBe('');
    expect(await textArea(page).isEditable()).toBe(true);
  });

  test('a long text is pasted at the cursor; a very long one shows only its beginning', async () => {
    const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    const paste = async (text: string) => {
      await page.evaluate((content) => navigator.clipboard.writeText(content), text);
      await textArea(page).press('Control+V');
    };
    await textArea(page).fill('beginend');
    await textArea(page).press('Home');
    for (let i = 0; i < 'begin'.length; i++) await page.keyboard.press('ArrowRight');
    const long = english(150_000);
    await paste(long);
    await until(async () => (await textArea(page).inputValue()) === `begin${long}end`);
    await paste(english(2_000_000));
    await page.getByText('Only the beginning is shown; training uses all 2.2 MB').waitFor();
    await paste('short again');
    await until(async () => (await textArea(page).inputValue()) === 'short again');
  });

  test('the examples can be chosen', async () => {
    const { page } = await open();
    await page.getByLabel('Example text').selectOption('Names, one per line');
    await until(async () => /^([A-Z][\w' -]+\n){100}/.test(await textArea(page).inputValue()));
    for (const [name, beginning] of Object.entries({
      sonnets: /^1\n\nFrom fairest creatures we desire increase,\n/,
      'rights-ko': /^세 계 인 권 선 언\n[^<>]+모든 사람은/,
      'rights-de': /^Die Allgemeine Erklärung der Menschenrechte\n[^<>]+Artikel 1/,
      code: /^\/\/ .+\n[^]+\nexport function /,
    })) {
      await page.getByLabel('Example text').selectOption(name);
      await until(async () => beginning.test(await textArea(page).inputValue()));
    }
  });

  test('an empty and a very short text are refused with a reason', async () => {
    const { page } = await open();
    await button(page, 'Clear').click();
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: 'The text is empty' }).waitFor();
    await textArea(page).fill('Too short.');
    await button(page, 'Train').click();
    await alerts(page)
      .filter({ hasText: /10 bytes.* needs at least 65/ })
      .waitFor();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    expect(await alerts(page).count()).toBe(0);
  });

  test('a text too short for validation trains without it and says so', async () => {
    const { page } = await open();
    await textArea(page).fill(english(60));
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    await page.locator('.note', { hasText: /too short to set .* aside for validation/ }).waitFor();
  });

  test('a binary file is refused and the text stays', async () => {
    const { page } = await open();
    await textArea(page).fill('mine');
    const png = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256);
    await dropFile(page, 'picture.png', png);
    await alerts(page).filter({ hasText: '“picture.png” does not look like text' }).waitFor();
    expect(await textArea(page).inputValue()).toBe('mine');
  });

  test('invalid options are reported by their labels, and nothing starts', async () => {
    const { page } = await open();
    await setOptions(page, { Heads: 3 });
    await openPanel(page, 'Details');
    await page
      .getByText(/Width must be a multiple of Heads, but 64 is not/)
      .first()
      .waitFor();
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: 'Width must be a multiple of Heads' }).waitFor();
    await setOptions(page, { Heads: 4, Layers: -1 });
    await page.getByText('Layers must be a whole number from 1 to 256, not -1.').first().waitFor();
    await setOptions(page, { Layers: NaN });
    await page.getByText('Layers must be a whole number from 1 to 256, not "NaN".').first().waitFor();
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: 'Layers must be' }).waitFor();
    expect(await sample(page).count()).toBe(0);
  });

  test('fields read numbers in common notations and show the result', async () => {
    const { page } = await open();
    await setOptions(page, { Steps: '١٬٠٠٠', Dropout: '0,2', 'Gradient clipping': '1,000' });
    await openPanel(page, 'Details');
    await preset(page).getByText('Read as 1000.').waitFor();
    await preset(page).getByText('Read as 0.2.').waitFor();
    await preset(page).getByText('which could be 1000 or 1; write 1000 or 1.').first().waitFor();
    await setOptions(page, { 'Gradient clipping': '1' });
    await openPanel(page, 'Write');
    await page.getByLabel('Temperature').fill('０，５');
    await page.getByText('Read as 0.5.').waitFor();
    await page.getByLabel('Temperature').fill('warm');
    await page.getByText('Temperature must be a number from 0 to 100, not "warm".').first().waitFor();
  });

  test('a model that does not fit in memory is refused', async () => {
    const { page } = await open();
    await setOptions(page, { Layers: 64, Width: 4096, Heads: 4, 'Context length': 8192 });
    await button(page, 'Train').click();
    await alerts(page)
      .filter({ hasText: /would need about .* of memory/ })
      .waitFor();
  });

  test('a prompt longer than the context is cut with a note', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 2);
    await page.getByLabel('Prompt').fill(english(100));
    await page.getByLabel('Length', { exact: true }).fill('20');
    await button(page, 'Generate').click();
    await page.getByText('The prompt has 100 tokens and the model sees 16 at once').waitFor();
    await page.getByText(/^20 tokens · /).waitFor();
  });
});
