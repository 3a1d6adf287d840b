// The text that a command learns from.

import { readCorpus, type Corpus } from '../engine/corpus.ts';
import { encodingNamed } from '../engine/encodings.ts';
import { sentence } from '../engine/errors.ts';
import { EXIT, Failure } from './exit.ts';
import { inputName, readInputOrStdin } from './files.ts';

/** A file, or with - standard input, as a corpus, in the encoding that --encoding names or else in the one found out. */
export async function readText(file: string, encoding?: string): Promise<Corpus> {
  try {
    return await readCorpus(await readInputOrStdin(file, 'a text'), inputName(file), encoding);
  } catch (error) {
    const misnamed = encoding !== undefined && encodingNamed(encoding) === undefined;
    throw misnamed ? new Failure(`--encoding: ${sentence(error)}`, EXIT.usage, error) : error;
  }
}
