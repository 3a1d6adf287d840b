// The page's words in its present language. Reading them in a component or an effect follows a change of the language.

import en from './en.ts';

/** The shape of every language: that of English, with any text in place of its texts. */
export type Words = Widened<typeof en>;

type Widened<T> = T extends string
  ? string
  : T extends (...values: infer V) => string
    ? (...values: V) => string
    : T extends (...values: never) => unknown
      ? T
      : { readonly [K in keyof T]: Widened<T[K]> };

let current: () => Words = () => en;

/** Says where the present words are; called once, when the page starts. */
export function readWordsFrom(source: () => Words): void {
  current = source;
}

/** The present words. Keep no part of it: `words.run.train` is right, `const { run } = words` stays in one language. */
export const words: Words = Object.defineProperties(
  {} as Words,
  Object.fromEntries(
    (Object.keys(en) as (keyof Words)[]).map((key) => [key, { get: () => current()[key], enumerable: true }]),
  ),
);
