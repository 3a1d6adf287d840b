// The prompt from a file or from standard input.

import type { Command } from 'commander';
import { decodeUtf8 } from '../engine/encoding.ts';
import type { Options } from '../engine/options.ts';
import { EXIT, Failure } from './exit.ts';
import { inputName, readInputOrStdin } from './files.ts';

export interface PromptFlags {
  prompt_file?: string;
}

export function addPromptFile(command: Command): void {
  command.option(
    '--prompt_file <file>',
    'the prompt, in a file in UTF-8 or, with -, on standard input; unlike --prompt it is taken as it is, its last line feed too',
  );
}

/** The given options, with the prompt that --prompt_file names. */
export async function withPromptFile(
  given: Partial<Options>,
  { prompt_file }: PromptFlags,
): Promise<Partial<Options>> {
  if (prompt_file === undefined) return given;
  if (given.prompt !== undefined)
    throw new Failure('--prompt and --prompt_file both give a prompt; leave one of them out.', EXIT.usage);
  const bytes = await readInputOrStdin(prompt_file, 'a prompt');
  // With the line ends that texts are trained on.
  const text = decodeUtf8(bytes, inputName(prompt_file)).bytes;
  return { ...given, prompt: new TextDecoder().decode(text) };
}
