// mini-llm: the command line.

import { Command, CommanderError } from 'commander';
import { addBench } from './bench.ts';
import { canonicalArgv } from './argv.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { addGenerate } from './generate.ts';
import { addInfo } from './info.ts';
import { say, watchStreams } from './terminal.ts';
import { addTrain } from './train.ts';

function makeProgram(end: (code: ExitCode) => void): Command {
  const program = new Command('mini-llm')
    .description(
      'Trains a small transformer language model on your own text and generates from it, on the CPU.',
    )
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .addHelpText('after', '\nIn flags, dashes and underscores mean the same: --max-steps is --max_steps.');
  // Commands take these settings over when they are made, so this comes first.
  for (const add of [addTrain, addGenerate, addInfo, addBench]) add(program, end);
  return program;
}

/** Commander's "error: …" and its guess on a second line, as the sentences of everything else look. */
function oneLine(text: string): string {
  return `mini-llm: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')}\n`;
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  say(`mini-llm: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof Failure ? error.exitCode : EXIT.error;
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram((end) => (code = end));
  try {
    await program.parseAsync(canonicalArgv(argv, program), { from: 'user' });
  } catch (error) {
    return codeOf(error);
  }
  return code;
}

watchStreams();
// exitCode instead of exit(): what is still on its way to a pipe gets there.
process.exitCode = await main(process.argv.slice(2));
