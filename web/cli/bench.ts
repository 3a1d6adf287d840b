// mini-llm bench: how fast training and generation are here, as a table and as JSON.

import type { Command } from 'commander';
import { loadNodeEngine } from '../engine/node.ts';
import type { Engine } from '../engine/engine.ts';
import { defaults, type OptionName, type Options } from '../engine/options.ts';
import { checked } from '../engine/validate.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { requireWritable, writeSafely } from './files.ts';
import { addFlags, asUsage, givenOptions } from './flags.ts';
import { benchTable } from './bench-table.ts';
import {
  measureGeneration,
  measureTraining,
  type BenchReport,
  type GenerateResult,
  type TrainResult,
} from './measure.ts';
import { drained, put, say } from './terminal.ts';
import { GENERATE_WORKLOADS, TRAIN_WORKLOADS, WORKLOAD_NAMES } from './workloads.ts';

interface Flags {
  json?: string;
  workloads: string;
  threads?: string;
  seconds: string;
}

const RUN_FLAGS: readonly OptionName[] = ['variant', 'reproducible'];
const PEAK_MS = 200;

export function addBench(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('bench')
    .description('measure how fast training (W1–W3) and generation (G1, G3) are on this machine')
    .option('--json <file>', 'also write the results to this file')
    .option('--workloads <names>', `which to run, separated by commas`, WORKLOAD_NAMES.join(','))
    .option('--threads <numbers>', 'thread counts to try, separated by commas [as many as are useful, and 1]')
    .option('--seconds <x>', 'how long to measure each at least', '3');
  addFlags(command, [], RUN_FLAGS);
  command.action(async (flags: Flags) => end(await bench(flags)));
}

async function bench({ threads, ...flags }: Flags): Promise<ExitCode> {
  const options = asUsage(() => checked(defaults(), givenOptions(flags)));
  const names = listed(flags.workloads, 'workloads', WORKLOAD_NAMES);
  const seconds = positive(flags.seconds, 'seconds');
  if (flags.json !== undefined) requireWritable(flags.json);
  const first = await loadNodeEngine(options);
  for (const note of first.choice.notes) say(note);
  const report = await measureAll(options, names, threadCounts(threads, first), seconds);
  put(benchTable(report));
  if (flags.json !== undefined) writeSafely(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await drained();
  return EXIT.ok;
}

async function measureAll(
  options: Options,
  names: readonly string[],
  counts: readonly number[],
  seconds: number,
): Promise<BenchReport> {
  const trained: Omit<TrainResult, 'mfu'>[] = [];
  const generated: GenerateResult[] = [];
  let peak = 0;
  let variant = '';
  const fresh = async (threads: number, name: string): Promise<Engine> => {
    const engine = await loadNodeEngine({ ...options, threads });
    variant = engine.variant;
    // Neighbours on the machine only ever make it slower, so the best of all measurements is the peak.
    peak = Math.max(peak, engine.gemmPeak(PEAK_MS));
    say(`measuring ${name} on ${threads} thread${threads === 1 ? '' : 's'} …`);
    return engine;
  };
  for (const threads of counts) {
    for (const workload of TRAIN_WORKLOADS.filter((w) => names.includes(w.name)))
      trained.push(measureTraining(await fresh(threads, workload.name), workload, seconds));
    for (const workload of GENERATE_WORKLOADS.filter((w) => names.includes(w.name)))
      generated.push(...measureGeneration(await fresh(threads, workload.name), workload, seconds));
  }
  const results = trained.map(({ peak_heap_mb, ...r }) => ({
    ...r,
    mfu: r.gflops / (peak * r.threads),
    peak_heap_mb,
  }));
  return { variant, peak_gflops_per_thread: peak, results: [...results, ...generated] };
}

function threadCounts(wanted: string | undefined, engine: Engine): number[] {
  if (wanted === undefined) return [...new Set([1, engine.threads])];
  const counts = wanted.split(',').map((text) => positive(text, 'threads'));
  const odd = counts.find((n) => !Number.isInteger(n) || n > 64);
  if (odd !== undefined)
    throw new Failure(`--threads must be whole numbers from 1 to 64, not ${odd}.`, EXIT.usage);
  if (!engine.variant.includes('threads') && counts.some((n) => n > 1))
    throw new Failure(
      `The ${engine.variant} build runs on one thread, so --threads ${wanted} cannot be measured.`,
      EXIT.usage,
    );
  return counts;
}

function listed(text: string, flag: string, allowed: readonly string[]): string[] {
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const odd = names.find((name) => !allowed.includes(name));
  if (odd !== undefined)
    throw new Failure(`--${flag} must be among ${allowed.join(', ')}, not "${odd}".`, EXIT.usage);
  return names;
}

function positive(text: string, flag: string): number {
  const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (!(value > 0)) throw new Failure(`--${flag} must be above zero, not "${text}".`, EXIT.usage);
  return value;
}
