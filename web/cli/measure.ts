// One measurement of the benchmark. Each gets a core of its own, so that its peak heap is its own, and every
// output is looked at: work whose result nobody uses may be optimised away.

import { modelConfig, sampleOptions, trainOptions } from '../engine/convert.ts';
import { makeCorpus, type Corpus } from '../engine/corpus.ts';
import type { Engine, Model } from '../engine/engine.ts';
import { flopsPerStep, tokensPerStep } from '../engine/flops.ts';
import type { Options } from '../engine/options.ts';
import { Failure } from './exit.ts';
import type { GenerateWorkload, TrainWorkload } from './workloads.ts';

export interface TrainResult {
  workload: string;
  threads: number;
  ms_per_step: number;
  tokens_per_s: number;
  gflops: number;
  mfu: number;
  peak_heap_mb: number;
}

export interface GenerateResult {
  workload: string;
  threads: number;
  cache: boolean;
  tokens_per_s: number;
}

/** All of a benchmark, as its JSON file holds it. */
export interface BenchReport {
  variant: string;
  peak_gflops_per_thread: number;
  results: (TrainResult | GenerateResult)[];
}

/** A slice that never ends before something has happened: a whole step is timed at once. */
const WHOLE = 1e9;
const WARM_UP_STEPS = 2;
const FEWEST_STEPS = 5;

/** What a step computes does not depend on the text, so any will do. */
function someText(): Corpus {
  const words = 'the quick brown fox jumps over the lazy dog while seven wizards box with my big vex '.split(
    ' ',
  );
  let text = '';
  for (let i = 0; text.length < 100_000; i++) text += `${words[(i * i + 3 * i) % words.length] ?? ''} `;
  return makeCorpus(text);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Times training steps for about `seconds`; mfu is filled in when the peak of the whole run is known. */
export function measureTraining(
  engine: Engine,
  { name, options }: TrainWorkload,
  seconds: number,
): Omit<TrainResult, 'mfu'> {
  using trainer = engine.createTrainer(
    modelConfig(options),
    { ...trainOptions(options), max_steps: 1_000_000 },
    someText(),
  );
  const times: number[] = [];
  const began = performance.now();
  for (let step = 0; times.length < FEWEST_STEPS || performance.now() - began < seconds * 1000; step++) {
    const start = performance.now();
    const event = trainer.advance(WHOLE);
    const took = performance.now() - start;
    if (event.kind !== 'step' || !Number.isFinite(event.train_loss))
      throw new Failure(
        `The benchmark's training failed at step ${event.step}: ${event.message || event.kind}.`,
      );
    if (step >= WARM_UP_STEPS) times.push(took);
  }
  const ms = median(times);
  return {
    workload: name,
    threads: engine.threads,
    ms_per_step: ms,
    tokens_per_s: (tokensPerStep(options) * 1000) / ms,
    gflops: flopsPerStep(options) / ms / 1e6,
    peak_heap_mb: engine.heapBytes() / 2 ** 20,
  };
}

/** Times filling the context with and without the cache; both must give the same bytes. */
export function measureGeneration(
  engine: Engine,
  { name, options }: GenerateWorkload,
  seconds: number,
): GenerateResult[] {
  using trainer = engine.createTrainer(modelConfig(options), trainOptions(options), someText());
  const model = trainer.model();
  const texts: string[] = [];
  const results = [true, false].map((cache) => {
    const times: number[] = [];
    const began = performance.now();
    do {
      const { ms, text } = fill(engine, model, options, cache);
      times.push(ms);
      texts.push(text);
    } while (performance.now() - began < seconds * 1000);
    return {
      workload: name,
      threads: engine.threads,
      cache,
      tokens_per_s: ((options.seq_len - 1) * 1000) / median(times),
    };
  });
  if (new Set(texts).size !== 1)
    throw new Failure(`${name}: the text with the cache is not the text without it.`);
  return results;
}

/** The prompt is one byte, so the rest of the context is generated. */
function fill(engine: Engine, model: Model, options: Options, cache: boolean): { ms: number; text: string } {
  const wanted = options.seq_len - 1;
  const start = performance.now();
  using generator = engine.createGenerator(
    model,
    { ...sampleOptions(options), max_new_tokens: wanted, cache },
    '\n',
  );
  const bytes: number[] = [];
  for (;;) {
    const event = generator.advance(WHOLE);
    bytes.push(...event.bytes);
    if (!event.done) continue;
    const ms = performance.now() - start;
    if (event.tokens !== wanted)
      throw new Failure(`Generation ended after ${event.tokens} of ${wanted} tokens.`);
    return { ms, text: bytes.join() };
  }
}
