// What a training run will take: parameters, memory from the core, and time from what has been measured.

import { BYTE_VOCABULARY, modelConfig, trainOptions } from './convert.ts';
import type { Engine } from './engine.ts';
import { flopsPerStep, tokensPerStep } from './flops.ts';
import type { Options } from './options.ts';

export interface Estimate {
  n_parameters: number;
  /** Bytes of WASM memory. */
  memory_bytes: number;
  ms_per_step: number;
  seconds: number;
}

/**
 * What training with these options will take. peak_gflops is the machine's own, from engine.gemmPeak(); without
 * it the time is that of the machine the presets were measured on.
 */
export function estimate(
  engine: Engine,
  o: Options,
  corpusBytes: number,
  peak_gflops = MEASURED_PEAK,
): Estimate {
  const config = modelConfig(o);
  const gflops = peak_gflops * efficiency(o.n_embd) * (1 + GAIN_OF_A_THREAD * (engine.threads - 1));
  const train = trainOptions(o);
  const flops = flopsPerStep(engine, o) + headFlops(o) + engine.updateFlops(config, train);
  const ms_per_step = flops / (gflops * 1e6);
  return {
    n_parameters: engine.countParameters(config),
    memory_bytes: engine.estimateMemory(config, train, corpusBytes),
    ms_per_step,
    seconds: (ms_per_step * o.max_steps) / 1000,
  };
}

/** The output layer's part for tokens beyond the 256 bytes; that of the bytes is in the measured efficiency. */
function headFlops(o: Options): number {
  return 6 * o.n_embd * (modelConfig(o).vocab_size - BYTE_VOCABULARY) * tokensPerStep(o);
}

/** GFLOP/s of the matrix kernel where the presets were measured, on one thread. */
const MEASURED_PEAK = 57;

/** Share of that peak that a whole step reaches, by width: [n_embd, share], measured step by step against it. */
const MEASURED_EFFICIENCY: readonly (readonly [number, number])[] = [
  [32, 0.44],
  [64, 0.62],
  [128, 0.75],
  [192, 0.79],
  [384, 0.89],
];

/** What each thread after the first adds to the speed, measured with two: from 0.75 (W3) to 0.98 (W2). */
const GAIN_OF_A_THREAD = 0.9;

function efficiency(n_embd: number): number {
  const table = MEASURED_EFFICIENCY;
  const next = table.findIndex(([width]) => width >= n_embd);
  if (next <= 0) return next === 0 ? table[0]![1] * Math.min(1, n_embd / table[0]![0]) : table.at(-1)![1];
  const [w0, e0] = table[next - 1]!;
  const [w1, e1] = table[next]!;
  return e0 + ((e1 - e0) * (n_embd - w0)) / (w1 - w0);
}
