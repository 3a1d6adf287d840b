// The words of the page, for tests.

import en from '../../web/app/words/en.ts';
import type { Words } from '../../web/app/words/words.ts';

export const ENGLISH: Words = en;

export async function wordsOf(code: string): Promise<Words> {
  return ((await import(`../../web/app/words/${code}.ts`)) as { default: Words }).default;
}

export type Leaf = string | ((...values: unknown[]) => unknown);

/** Every text and every sentence with values, by its path, without formats and choices. */
export function leavesOf(words: Words): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  const visit = (node: unknown, path: string) => {
    if (typeof node === 'string' || typeof node === 'function') found.set(path, node as Leaf);
    else for (const [key, value] of Object.entries(node as object)) visit(value, `${path}.${key}`);
  };
  const { format: _format, choices: _choices, ...rest } = words;
  visit(rest, 'words');
  return found;
}

const ARGUMENTS = 6;
/** Values to put into sentences. */
export const VALUES = Array.from({ length: ARGUMENTS }, (_, i) => 1001 + 1000 * i);

/** The sentence with these numbers in it; where it needs a list of texts, each number becomes one. */
export function said(sentence: Leaf, values: readonly number[] = VALUES): string {
  if (typeof sentence === 'string') return sentence;
  try {
    return String(sentence(...values));
  } catch {
    return String(sentence(...values.map((value) => [`text ${value}`])));
  }
}
