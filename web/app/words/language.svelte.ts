// The language of the page. Changing it changes the words in place: nothing is loaded anew, and training goes on.

import { first, firstWords, keep, load } from './choice.ts';
import en from './en.ts';
import { readWordsFrom, type Words } from './words.ts';

class Language {
  #code = $state('en');
  #words = $state.raw<Words>(en);
  /** Counts choices: of two that load at the same time, the later one counts. */
  #choices = 0;

  constructor() {
    readWordsFrom(() => this.#words);
  }

  get code(): string {
    return this.#code;
  }

  /** Call this before the page is drawn. */
  async begin(): Promise<void> {
    const words = await firstWords;
    this.#use(words ? first : 'en', words ?? en);
  }

  async choose(code: string): Promise<void> {
    const choice = ++this.#choices;
    const words = code === 'en' ? en : await load(code);
    if (!words || choice !== this.#choices) return;
    this.#use(code, words);
    keep(code);
  }

  #use(code: string, words: Words): void {
    this.#code = code;
    this.#words = words;
    document.documentElement.lang = code;
  }
}

export const language = new Language();
