// The prompt from a file or from standard input.

import type { Command } from 'commander';
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
  return {
    ...given,
    prompt: textOf(await readInputOrStdin(prompt_file, 'a prompt'), inputName(prompt_file)),
  };
}

/** Without a byte order mark, and with the line ends that texts are trained on. */
function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    throw new Failure(
      `${name} is not in UTF-8, so it cannot be used as a prompt; save it as UTF-8 and try again.`,
    );
  }
}
