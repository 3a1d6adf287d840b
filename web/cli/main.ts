// The command line of mini-llm.

import { Command, CommanderError } from 'commander';
import { addBench } from './bench.ts';
import { canonicalArgv } from './argv.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { reason } from './files.ts';
import { VERSION } from '../engine/version.ts';
import { addExport } from './export.ts';
import { addGenerate } from './generate.ts';
import { configureHelp } from './help.ts';
import { addInfo } from './info.ts';
import { addInspect } from './inspect.ts';
import { drained, outputLost, say, watchStreams } from './terminal.ts';
import { addRuns } from './runs.ts';
import { addTrain } from './train.ts';

function makeProgram(end: (code: ExitCode) => void): Command {
  const program = configureHelp(new Command('mini-llm'))
    .description(
      'Trains small transformer language models on your own text and generates text with them, on the CPU.',
    )
    .version(VERSION, '--version', 'show the version')
    .exitOverride();
  // Commands inherit these settings when they are added.
  for (const add of [addTrain, addGenerate, addInspect, addInfo, addRuns, addExport, addBench])
    add(program, end);
  return program;
}

function codeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  say(`mini-llm: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof Failure ? error.exitCode : EXIT.error;
}

/** The last write may fail late: a full disk must not look like success. */
async function requireOutput(): Promise<void> {
  await drained();
  await new Promise(setImmediate);
  const lost = outputLost();
  if (lost instanceof Error) throw new Failure(`The output cannot be written: ${reason(lost)}.`);
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram((end) => (code = end));
  await program.parseAsync(canonicalArgv(argv, program), { from: 'user' });
  return code;
}

async function main(argv: readonly string[]): Promise<ExitCode> {
  const code = await run(argv).catch(codeOf);
  return code === EXIT.ok ? requireOutput().then(() => code, codeOf) : code;
}

watchStreams();
// exitCode instead of exit(): pending writes to a pipe still complete.
process.exitCode = await main(process.argv.slice(2));
