// mini-llm bench: how fast training and generation are here, as tables and as JSON.

import os from 'node:os';
import type { Command } from 'commander';
import { runBench, type BenchHost, type BenchPlan } from '../engine/bench/bench.ts';
import { benchMarkdown } from '../engine/bench/markdown.ts';
import { settingsFor } from '../engine/bench/settings.ts';
import { profileTables, speedTables } from '../engine/bench/tables.ts';
import { CONTEXTS, WORKLOAD_NAMES, type WorkloadName } from '../engine/bench/workloads.ts';
import { loadNodeEngine, memoryLimit, prepareV8 } from '../engine/node.ts';
import { defaults, type OptionName, type Options } from '../engine/options.ts';
import { checked } from '../engine/validate.ts';
import { textTable } from './bench-table.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { requireWritable, writeSafely } from './files.ts';
import { addFlags, asUsage, givenOptions } from './flags.ts';
import { drained, put, say } from './terminal.ts';

interface Flags {
  json?: string;
  markdown?: true;
  quick?: true;
  workloads: string;
  contexts: string;
  threads?: string;
  seconds?: string;
}

const RUN_FLAGS: readonly OptionName[] = ['variant', 'reproducible'];

/** Full takes under five minutes on two cores, quick about one. */
const FULL = { rounds: 5, seconds: 2, builds: 'all' } as const;
const QUICK = { rounds: 3, seconds: 0.5, builds: 'chosen' } as const;

export function addBench(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('bench')
    .description('measure how fast training (W1–W3) and generation (G1, G3) are on this machine')
    .option('--quick', 'only the build that would be chosen, and each for a shorter time')
    .option('--json <file>', 'also write the results to this file')
    .option('--markdown', 'print the tables as Markdown')
    .option('--workloads <names>', 'which to run, separated by commas', WORKLOAD_NAMES.join(','))
    .option(
      '--contexts <numbers>',
      'with G1, for which contexts to measure what the KV cache gains',
      CONTEXTS.join(','),
    )
    .option('--threads <numbers>', 'thread counts to try, separated by commas [1, and as many as are useful]')
    .option(
      '--seconds <x>',
      `how long to measure each, roughly [${FULL.seconds}, or ${QUICK.seconds} if quick]`,
    );
  addFlags(command, [], RUN_FLAGS);
  command.action(async (flags: Flags) => end(await bench(flags)));
}

async function bench({ threads, ...flags }: Flags): Promise<ExitCode> {
  const options = asUsage(() => checked(defaults(), givenOptions({ ...flags })));
  prepareV8();
  const plan = planOf(flags, threads, options);
  if (flags.json !== undefined) requireWritable(flags.json);
  const report = await runBench(plan, host());
  const tables = [...speedTables(report), ...profileTables(report)];
  put(flags.markdown ? benchMarkdown(report, tables) : tables.map(textTable).join('\n'));
  if (flags.json !== undefined) writeSafely(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await drained();
  return EXIT.ok;
}

function planOf(flags: Flags, threads: string | undefined, options: Options): BenchPlan {
  const { rounds, seconds, builds } = flags.quick ? QUICK : FULL;
  const counts = threads === undefined ? {} : { counts: wholeNumbers(threads, 'threads', [1, 64]) };
  return {
    workloads: workloadNames(flags.workloads),
    settings: asUsage(() => settingsFor({ ...options, builds, ...counts }, os.availableParallelism())),
    contexts: wholeNumbers(flags.contexts, 'contexts', [2, 8192]),
    rounds,
    ms: 1000 * (flags.seconds === undefined ? seconds : positive(flags.seconds, 'seconds')),
  };
}

function host(): BenchHost {
  const processor = os.cpus()[0]?.model.trim();
  let said = '';
  return {
    machine: {
      runtime: `Node ${process.versions.node}`,
      cores: os.availableParallelism(),
      ...(processor ? { processor } : {}),
    },
    memory_limit: memoryLimit(),
    load: loadNodeEngine,
    watch: ({ measuring, done }) => {
      if (measuring !== said) say(`${`${Math.round(done * 100)}`.padStart(3)} % · ${measuring}`);
      said = measuring;
    },
  };
}

function workloadNames(text: string): WorkloadName[] {
  return text.split(',').map((word) => {
    const name = WORKLOAD_NAMES.find((known) => known === word.trim().toUpperCase());
    if (!name)
      throw new Failure(`--workloads must be among ${WORKLOAD_NAMES.join(', ')}, not "${word}".`, EXIT.usage);
    return name;
  });
}

function wholeNumbers(text: string, flag: string, [min, max]: readonly [number, number]): number[] {
  return text.split(',').map((word) => {
    const value = /^\d+$/.test(word.trim()) ? Number(word) : NaN;
    if (!(value >= min && value <= max))
      throw new Failure(`--${flag} must be whole numbers from ${min} to ${max}, not "${word}".`, EXIT.usage);
    return value;
  });
}

function positive(text: string, flag: string): number {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (!(value > 0)) throw new Failure(`--${flag} must be above zero, not "${text}".`, EXIT.usage);
  return value;
}
