// Which languages there are, and which one the page begins with. A file beside this one, named by its language code, is all
// that a further language needs.

import { remember, remembered } from '../lib/remembered.ts';
import type { Words } from './words.ts';

const LOADERS = import.meta.glob<{ default: Words }>(['./??.ts', '!./en.ts']);

/** Codes of the languages, English first. */
export const LANGUAGES: readonly string[] = [
  'en',
  ...Object.keys(LOADERS).map((path) => path.slice('./'.length, -'.ts'.length)),
];

const KEPT = 'language';
const PARAMETER = 'lang';

/** The words of a language; English is part of the page. */
export async function load(code: string): Promise<Words | undefined> {
  return (await LOADERS[`./${code}.ts`]?.())?.default;
}

/** From the address, then as chosen before, then as the browser prefers, else English. */
export function preferred(): string {
  const wanted = [
    new URL(location.href).searchParams.get(PARAMETER),
    remembered(KEPT),
    ...navigator.languages,
  ];
  return wanted.map((tag) => languageOf(tag ?? '')).find((code) => code !== undefined) ?? 'en';
}

/** The language of a tag such as "de-AT", if the page has it. */
function languageOf(tag: string): string | undefined {
  return LANGUAGES.find((code) => code === tag.toLowerCase().split('-')[0]);
}

/** Keeps a choice for the next visit and in the address, whose fragment stays. */
export function keep(code: string): void {
  remember(KEPT, code);
  const url = new URL(location.href);
  url.searchParams.set(PARAMETER, code);
  history.replaceState(history.state, '', url);
}

/** A language's own name: "Deutsch". */
export function nameOf(code: string): string {
  const name = new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** The first language's words, which load while the page's script does. English if they cannot be had. */
export const first = preferred();
export const firstWords: Promise<Words | undefined> = load(first).catch(() => undefined);
