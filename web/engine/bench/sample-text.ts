// A text for benchmarks: the speed does not depend on its content.

import { makeCorpus, type Corpus } from '../corpus.ts';

let made: Corpus | undefined;

export function sampleText(): Corpus {
  made ??= makeCorpus(pseudoText(100_000));
  return made;
}

function pseudoText(length: number): string {
  const words = 'the quick brown fox jumps over the lazy dog while seven wizards box with my big vex '.split(
    ' ',
  );
  let text = '';
  for (let i = 0; text.length < length; i++) text += `${words[(i * i + 3 * i) % words.length] ?? ''} `;
  return text;
}
