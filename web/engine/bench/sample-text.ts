// What a step computes does not depend on the text, so any will do.

import { makeCorpus, type Corpus } from '../corpus.ts';

let made: Corpus | undefined;

export function sampleText(): Corpus {
  made ??= makeCorpus(babble(100_000));
  return made;
}

function babble(length: number): string {
  const words = 'the quick brown fox jumps over the lazy dog while seven wizards box with my big vex '.split(
    ' ',
  );
  let text = '';
  for (let i = 0; text.length < length; i++) text += `${words[(i * i + 3 * i) % words.length] ?? ''} `;
  return text;
}
