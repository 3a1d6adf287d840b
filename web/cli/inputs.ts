// Text inputs: the text to train on, and the prompt from a file. Both may come from standard input.

import type { Command } from 'commander';
import { readCorpus, type Corpus } from '../engine/corpus.ts';
import { decodeUtf8 } from '../engine/encoding.ts';
import { encodingNamed } from '../engine/encodings.ts';
import { sentence } from '../engine/errors.ts';
import type { Options } from '../engine/options.ts';
import { EXIT, Failure } from './exit.ts';
import { inputName, readInputOrStdin } from './files.ts';

/** Reads a file, or standard input for "-", in the given encoding or else in the detected one. */
export async function readText(file: string, encoding?: string): Promise<Corpus> {
  try {
    return await readCorpus(await readInputOrStdin(file, 'a text'), inputName(file), encoding);
  } catch (error) {
    const unknown = encoding !== undefined && encodingNamed(encoding) === undefined;
    throw unknown ? new Failure(`--encoding: ${sentence(error)}`, EXIT.usage, error) : error;
  }
}

export interface PromptFlags {
  prompt_file?: string;
}

export function addPromptFile(command: Command): void {
  command.option(
    '--prompt_file <file>',
    'read the prompt from this UTF-8 file (- for standard input), unchanged, including its last line feed',
  );
}

/** Adds the prompt of --prompt_file to the given options. */
export async function withPromptFile(
  given: Partial<Options>,
  { prompt_file }: PromptFlags,
): Promise<Partial<Options>> {
  if (prompt_file === undefined) return given;
  if (given.prompt !== undefined)
    throw new Failure('--prompt and --prompt_file cannot be combined; leave one of them out.', EXIT.usage);
  const bytes = await readInputOrStdin(prompt_file, 'a prompt');
  // decodeUtf8 converts line ends as it does for the training text.
  const text = decodeUtf8(bytes, inputName(prompt_file)).bytes;
  return { ...given, prompt: new TextDecoder().decode(text) };
}
