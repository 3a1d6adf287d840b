// Text inputs: the text to train on, and the prompt from a file. Both may come from standard input.

import type { Command } from 'commander';
import { decodedCorpus, type Corpus } from '../engine/corpus.ts';
import { convertHere } from '../engine/documents/convert.ts';
import { readPlainText } from '../engine/documents/read.ts';
import { decodeUtf8 } from '../engine/encoding.ts';
import { encodingNamed } from '../engine/encodings.ts';
import { sentence } from '../engine/errors.ts';
import type { Options } from '../engine/options.ts';
import { EXIT, Failure } from './exit.ts';
import { inputName, readInputOrStdin } from './files.ts';

export interface TextFlags {
  encoding?: string | undefined;
  as_is?: true;
}

/** Adds the flags that say how the text is read. */
export function addTextFlags(command: Command): void {
  command
    .option('--encoding <name>', 'the encoding of the text, such as koi8-r [detected]')
    .option(
      '--as_is',
      'train on the file as it is: web pages with their tags, tables and JSON with all fields, chats and subtitles with times',
    );
}

/** Reads a file of any kind as plain text; "-" is standard input. The encoding is detected unless given. */
export async function readText(file: string, { encoding, as_is }: TextFlags = {}): Promise<Corpus> {
  const bytes = await readInputOrStdin(file, 'a text');
  const name = inputName(file);
  const fileName = file === '-' ? '' : name;
  try {
    const text = await readPlainText(bytes, {
      fileName,
      label: name,
      encoding,
      asIs: as_is === true,
      convert: convertHere,
    });
    return await decodedCorpus(text, name, text.unconverted ?? bytes);
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
