// mini-llm bench: measures training and generation on this machine, as tables and as JSON.

import type { Command } from 'commander';
import { runBench, type BenchHost, type BenchPlan } from '../engine/bench/bench.ts';
import type { Machine } from '../engine/bench/report.ts';
import { settingsFor } from '../engine/bench/settings.ts';
import { benchMarkdown, flagsNote, profileTables, speedTables, type Table } from '../engine/bench/tables.ts';
import { CONTEXTS, WORKLOAD_NAMES, type WorkloadName } from '../engine/bench/workloads.ts';
import { memoryLimit, prepareV8, processors } from '../engine/node.ts';
import { defaults, type OptionName, type Options } from '../engine/options.ts';
import { PRESETS, type PresetName } from '../engine/presets.ts';
import { checked } from '../engine/validate.ts';
import { loadCore, thisMachine } from './core.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { writeOrRescue } from './files.ts';
import { addFlags, givenOptions, withUsageErrors } from './flags.ts';
import { claimOutputs } from './outputs.ts';
import { drained, print, say, textTable } from './terminal.ts';
import { measureTimeTo, timeToTable } from './time-to.ts';

interface Flags {
  json?: string;
  force?: true;
  markdown?: true;
  quick?: true;
  workloads: string;
  contexts: string;
  threads?: string;
  seconds?: string;
  time_to?: string;
  encoding?: string;
  presets: string;
  seeds: string;
}

const RUN_FLAGS: readonly OptionName[] = ['variant', 'reproducible', 'seed'];

/** On two cores the full benchmark takes under five minutes, the quick one about one. */
const FULL = { rounds: 5, seconds: 2, builds: 'all' } as const;
const QUICK = { rounds: 3, seconds: 0.5, builds: 'chosen' } as const;

export function addBench(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('bench')
    .description(
      'measure the speed of training (W1–W3) and generation (G1, G3), or how fast presets learn a text',
    )
    .argument('[text]', 'the text file to learn, with --time_to')
    .option('--quick', 'measure only the default build, and each workload for a shorter time')
    .option('--json <file>', 'also write the results to this file')
    .option('--force', 'let --json replace a file that is not a benchmark report')
    .option('--markdown', 'print the tables as Markdown')
    .option('--workloads <names>', 'workloads to measure, separated by commas', WORKLOAD_NAMES.join(','))
    .option(
      '--contexts <numbers>',
      'context lengths for which G1 measures the speedup of the KV cache, separated by commas',
      CONTEXTS.join(','),
    )
    .option(
      '--time_to <loss>',
      'measure how long presets train until the validation loss is below this, in nats per byte',
    )
    .option('--encoding <name>', 'with --time_to, the encoding of the text [detected]')
    .option('--presets <names>', 'with --time_to, presets to train, separated by commas', 'nanogpt,standard')
    .option('--seeds <number>', 'with --time_to, runs of each preset; the table shows medians', '1')
    .option('--threads <numbers>', 'thread counts to measure, separated by commas [1 and the default]')
    .option(
      '--seconds <x>',
      `time to measure each workload, roughly [${FULL.seconds}, or ${QUICK.seconds} with --quick]`,
    );
  addFlags(command, [], RUN_FLAGS);
  command.action(async (text: string | undefined, flags: Flags) => end(await bench(text, flags)));
}

interface Results {
  report: { machine: Machine };
  tables: Table[];
}

async function bench(text: string | undefined, flags: Flags): Promise<ExitCode> {
  const { threads: _counts, ...others } = flags;
  const options = withUsageErrors(() => checked(defaults(), givenOptions({ ...others })));
  prepareV8(options.variant);
  const measure =
    flags.time_to === undefined ? planSpeeds(text, flags, options) : planTimesTo(text, flags, options);
  if (flags.json !== undefined) await claimReport(flags.json, text, flags.force);
  const { report, tables } = await measure();
  const note = flagsNote(report.machine);
  if (flags.markdown) print(benchMarkdown(report, tables));
  else print([...tables.map(textTable), note && `${note}\n`].filter(Boolean).join('\n'));
  if (flags.json !== undefined) writeOrRescue(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await drained();
  return EXIT.ok;
}

async function claimReport(file: string, text: string | undefined, force?: true): Promise<void> {
  const inputs = text === undefined ? [] : [{ what: 'the text', file: text }];
  await claimOutputs([{ flag: '--json', file, kind: 'report' }], inputs, force);
}

function planSpeeds(text: string | undefined, flags: Flags, options: Options): () => Promise<Results> {
  if (text !== undefined)
    throw new Failure(`bench needs a text only with --time_to, but got ${text}.`, EXIT.usage);
  const plan = planOf(flags, options);
  return async () => {
    const report = await runBench(plan, host());
    return { report, tables: [...speedTables(report), ...profileTables(report)] };
  };
}

function planTimesTo(text: string | undefined, flags: Flags, options: Options): () => Promise<Results> {
  if (text === undefined) throw new Failure('--time_to needs a text file to learn.', EXIT.usage);
  const [threads, ...more] =
    flags.threads === undefined ? [0] : wholeNumbers(flags.threads, 'threads', [1, 64]);
  if (more.length > 0)
    throw new Failure(`With --time_to, --threads must be one number, not ${flags.threads}.`, EXIT.usage);
  const plan = {
    text,
    encoding: flags.encoding,
    target: positive(flags.time_to!, 'time_to'),
    presets: presetNames(flags.presets),
    seeds: wholeNumbers(flags.seeds, 'seeds', [1, 100])[0]!,
    options: { ...options, threads: threads! },
  };
  return async () => {
    const report = await measureTimeTo(plan);
    return { report, tables: [timeToTable(report)] };
  };
}

function planOf(flags: Flags, options: Options): BenchPlan {
  const { rounds, seconds, builds } = flags.quick ? QUICK : FULL;
  const counts =
    flags.threads === undefined ? {} : { counts: wholeNumbers(flags.threads, 'threads', [1, 64]) };
  return {
    workloads: workloadNames(flags.workloads),
    settings: withUsageErrors(() => settingsFor({ ...options, builds, ...counts }, processors().cores)),
    contexts: wholeNumbers(flags.contexts, 'contexts', [2, 8192]),
    rounds,
    ms: 1000 * (flags.seconds === undefined ? seconds : positive(flags.seconds, 'seconds')),
  };
}

function host(): BenchHost {
  let shown = '';
  return {
    machine: thisMachine(),
    memory_limit: memoryLimit(),
    load: loadCore,
    watch: ({ measuring, done }) => {
      if (measuring !== shown) say(`${`${Math.round(done * 100)}`.padStart(3)} % · ${measuring}`);
      shown = measuring;
    },
  };
}

function workloadNames(text: string): WorkloadName[] {
  return parseList(text.toUpperCase(), 'workloads', WORKLOAD_NAMES);
}

function presetNames(text: string): PresetName[] {
  return parseList(
    text.toLowerCase(),
    'presets',
    PRESETS.map(({ name }) => name),
  );
}

function parseList<N extends string>(text: string, flag: string, known: readonly N[]): N[] {
  return text.split(',').map((word) => {
    const name = known.find((k) => k === word.trim());
    if (!name) throw new Failure(`--${flag} must be among ${known.join(', ')}, not "${word}".`, EXIT.usage);
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
