// Groups of tokens that a model tends to keep together.

export const TOKEN_GROUPS = [
  'vowel',
  'consonant',
  'capital',
  'digit',
  'punctuation',
  'space',
  'hangul',
  'word',
  'piece',
  'other',
] as const;

export type TokenGroup = (typeof TOKEN_GROUPS)[number];

/** The group of a token: of its character or, for a piece of a text, of all its characters. */
export function groupOf(bytes: Uint8Array): TokenGroup {
  const text = decoded(bytes);
  if (text === undefined) return 'other';
  if (/^\s+$/u.test(text)) return 'space';
  const visible = text.trimStart();
  if (/^\p{sc=Hangul}+$/u.test(visible)) return 'hangul';
  if (/^\p{N}+$/u.test(visible)) return 'digit';
  if (/^[\p{P}\p{S}]+\s*$/u.test(visible)) return 'punctuation';
  if (/^\p{Lu}/u.test(visible)) return 'capital';
  if (/^\p{Ll}$/u.test(text)) return isVowel(text) ? 'vowel' : 'consonant';
  if (/^\p{L}$/u.test(text)) return 'other'; // of a script without capitals
  if (/^[\p{L}\p{M}’']+$/u.test(visible)) return visible === text ? 'piece' : 'word';
  return 'other';
}

/** Whether a Latin, Greek or Cyrillic letter is a vowel, also with an accent. */
function isVowel(letter: string): boolean {
  return /^[aeiouæøœαεηιουωаеиоуыэюя]/.test(letter.normalize('NFD'));
}

/** Undefined for a part of a character and for controls. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
