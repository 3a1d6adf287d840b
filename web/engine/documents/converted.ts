// What a converter makes of a document.

import { counted } from '../format.ts';

export interface Converted {
  text: string;
  /** Sentences about what was left out. */
  dropped: string[];
}

/** Why a document cannot be read; continues a sentence that begins with its name. */
export class Unreadable extends Error {}

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

/** Counts what a converter leaves out, and says it in one sentence. */
export class Dropped {
  readonly #counts = new Map<string, number>();
  readonly #always: readonly string[];

  /** `always` is left out of every such document and is not counted, such as tags. */
  constructor(...always: string[]) {
    this.#always = always;
  }

  add(noun: string, n = 1): void {
    if (n > 0) this.#counts.set(noun, (this.#counts.get(noun) ?? 0) + n);
  }

  sentences(): string[] {
    const counts = [...this.#counts].map(([noun, n]) => counted(n, noun));
    const [first = '', ...more] = [...this.#always, ...counts];
    if (first === '') return [];
    const one = more.length === 0 && !first.endsWith('s');
    const list = LIST.format([first.charAt(0).toUpperCase() + first.slice(1), ...more]);
    return [`${list} ${one ? 'was' : 'were'} left out.`];
  }
}

/** Ends with one line feed, without empty lines at the start and more than one between paragraphs. */
export function tidied(text: string): string {
  const tidy = text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
  return tidy === '' ? '' : `${tidy}\n`;
}
