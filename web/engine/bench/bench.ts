// The benchmark of the command line and of the page: what is measured, in which order, with which builds.

import { modelConfig, trainOptions } from '../convert.ts';
import type { Engine } from '../engine.ts';
import { nextTurn } from '../event-loop.ts';
import type { Options } from '../options.ts';
import type { Variant } from '../variants.ts';
import { GenerationTime, untrained, type GenerationMode } from './generation-time.ts';
import type {
  BenchReport,
  ContextResult,
  GenerateResult,
  Machine,
  ProfileResult,
  TrainResult,
} from './report.ts';
import type { Setting } from './settings.ts';
import { sampleText } from './sample-text.ts';
import { byTurns, type Pace, type Timed } from './timed.ts';
import { TrainingTime } from './training-time.ts';
import {
  GENERATE_WORKLOADS,
  TRAIN_WORKLOADS,
  withContext,
  type GenerateWorkload,
  type TrainWorkload,
  type WorkloadName,
} from './workloads.ts';

export interface BenchPlan extends Pace {
  workloads: readonly WorkloadName[];
  settings: readonly Setting[];
  /** Context lengths for the gain of the KV cache, on the fastest build with the fewest threads; measured after G1. */
  contexts: readonly number[];
}

/** What the benchmark needs from its surroundings. */
export interface BenchHost {
  machine: Machine;
  /** Bytes that all cores in memory at the same time may use. */
  memory_limit: number;
  load: (setting: Setting) => Promise<Engine>;
  watch: (progress: BenchProgress) => void;
}

export interface BenchProgress {
  /** What is being measured, for display. */
  measuring: string;
  /** Progress from 0 to 1. */
  done: number;
  /** The results so far. */
  report: BenchReport;
}

export function runBench(plan: BenchPlan, host: BenchHost): Promise<BenchReport> {
  return new Bench(plan, host).run();
}

const PEAK_MS = 20;

class Bench {
  readonly #plan: BenchPlan;
  readonly #host: BenchHost;
  readonly #peaks = new Map<Variant, number>();
  readonly #trained: Omit<TrainResult, 'mfu'>[] = [];
  readonly #generated: GenerateResult[] = [];
  readonly #contexts: ContextResult[] = [];
  readonly #profiles: ProfileResult[] = [];
  #turns = 0;

  constructor(plan: BenchPlan, host: BenchHost) {
    this.#plan = plan;
    this.#host = host;
  }

  async run(): Promise<BenchReport> {
    const { workloads } = this.#plan;
    for (const workload of TRAIN_WORKLOADS.filter(({ name }) => workloads.includes(name)))
      await this.#onEverySetting(workload.options, (engines) => this.#train(workload, engines));
    for (const workload of GENERATE_WORKLOADS.filter(({ name }) => workloads.includes(name))) {
      await this.#onEverySetting(workload.options, (engines) => this.#generate(workload, engines));
      if (workload.name === 'G1') await this.#gainByContext();
    }
    return this.#report();
  }

  async #train({ name, options }: TrainWorkload, engines: readonly Engine[]): Promise<void> {
    const times = engines.map((engine) => new TrainingTime(engine, options));
    await this.#byTurns(name, times);
    for (const time of times) {
      const result = { workload: name, ...time.result() };
      this.#trained.push(result);
      const { variant, threads } = result;
      const profile = time.profile(this.#plan.ms / this.#plan.rounds);
      this.#profiles.push({ workload: name, variant, threads, ...profile });
      time.delete();
    }
  }

  async #generate({ name, options }: GenerateWorkload, engines: readonly Engine[]): Promise<void> {
    const trainers = engines.map((engine) => untrained(engine, options));
    const times = engines.flatMap((engine, i) =>
      MODES.map((mode) => new GenerationTime(engine, trainers[i]!, options, mode)),
    );
    await this.#byTurns(name, times);
    requireSameText(name, times);
    for (const { engine, mode, tokensPerSecond } of times)
      this.#generated.push({
        workload: name,
        variant: engine.variant,
        threads: engine.threads,
        ...mode,
        tokens_per_s: tokensPerSecond,
        peak_heap_mb: engine.heapBytes() / 2 ** 20,
      });
    for (const trainer of trainers) trainer.delete();
  }

  async #gainByContext(): Promise<void> {
    const { contexts } = this.#plan;
    if (contexts.length === 0) return;
    const { variant, threads } = this.#simplest();
    const engine = await this.#host.load({ variant, threads });
    const trainers = contexts.map((context) => untrained(engine, withContext(context)));
    const times = contexts.flatMap((context, i) =>
      [WITH_CACHE, WITHOUT_CACHE].map(
        (mode) => new GenerationTime(engine, trainers[i]!, withContext(context), mode),
      ),
    );
    await this.#byTurns('the gain of the cache', times);
    requireSameText('The gain of the cache', times);
    for (const { context, mode, tokensPerSecond } of times)
      this.#contexts.push({ variant, threads, context, cache: mode.cache, tokens_per_s: tokensPerSecond });
    for (const trainer of trainers) trainer.delete();
    engine.close();
  }

  /** The fewest threads and the fastest build with them, so that only the cache makes a difference. */
  #simplest(): Setting {
    const fewest = Math.min(...this.#plan.settings.map(({ threads }) => threads));
    const found = this.#generated.filter((r) => r.threads === fewest && r.cache && !r.int8);
    return found.reduce((best, r) => (r.tokens_per_s > best.tokens_per_s ? r : best));
  }

  /** Loads a new core for each setting, so that each has its own peak heap; as many at a time as memory allows. */
  async #onEverySetting(options: Options, work: (engines: Engine[]) => Promise<void>): Promise<void> {
    const left = [...this.#plan.settings];
    while (left.length > 0) {
      const engines: Engine[] = [];
      try {
        let each = 0;
        do {
          const engine = await this.#host.load(left.shift()!);
          engines.push(engine);
          each = engine.estimateMemory(
            modelConfig(options),
            trainOptions(options),
            sampleText().bytes.length,
          );
        } while (left.length > 0 && each * (engines.length + 1) <= this.#host.memory_limit);
        await work(engines);
      } finally {
        for (const engine of engines) engine.close();
      }
    }
  }

  async #byTurns(name: string, times: readonly (Timed & { engine: Engine })[]): Promise<void> {
    await byTurns(times, this.#plan, async ({ engine }, round) => {
      this.#watch(`${name}, round ${round} of ${this.#plan.rounds}`);
      this.#turns++;
      await nextTurn();
      // Other load only slows the kernel down, so the best of all measurements is the peak.
      const peak = Math.max(this.#peaks.get(engine.variant) ?? 0, engine.gemmPeak(PEAK_MS));
      this.#peaks.set(engine.variant, peak);
    });
  }

  #watch(measuring: string): void {
    const done = this.#turns / turnsOf(this.#plan);
    this.#host.watch({ measuring, done, report: this.#report() });
  }

  #report(): BenchReport {
    const peak = (variant: Variant): number => this.#peaks.get(variant) ?? NaN;
    const trained = this.#trained.map(({ peak_heap_mb, ...r }) => ({
      ...r,
      mfu: r.gflops / (peak(r.variant) * r.threads),
      peak_heap_mb,
    }));
    return {
      machine: this.#host.machine,
      peaks: [...this.#peaks].map(([variant, gflops]) => ({ variant, peak_gflops_per_thread: gflops })),
      results: [...trained, ...this.#generated],
      contexts: [...this.#contexts],
      profiles: [...this.#profiles],
    };
  }
}

const WITH_CACHE = { cache: true, int8: false };
const WITHOUT_CACHE = { cache: false, int8: false };
const WITH_INT8 = { cache: true, int8: true };
const MODES: readonly GenerationMode[] = [WITH_CACHE, WITHOUT_CACHE, WITH_INT8];

function turnsOf({ workloads, settings, contexts, rounds }: BenchPlan): number {
  const training = TRAIN_WORKLOADS.filter(({ name }) => workloads.includes(name)).length;
  const generation = GENERATE_WORKLOADS.filter(({ name }) => workloads.includes(name)).length;
  const byContext = workloads.includes('G1') ? contexts.length : 0;
  return rounds * (settings.length * (training + generation * MODES.length) + byContext * 2);
}

/** Throws if the cache changes the text; int8 weights may change it. */
function requireSameText(name: string, times: readonly GenerationTime[]): void {
  for (const off of times.filter(({ mode }) => !mode.cache)) {
    const on = times.find(
      (t) => t.engine === off.engine && t.context === off.context && t.mode === WITH_CACHE,
    );
    if (on && on.text !== off.text)
      throw new Error(`${name}: the text with the cache is not the text without it.`);
  }
}
