// Estimates parameters, memory and time of a training run.

import { BYTE_VOCABULARY, modelConfig, trainOptions } from './convert.ts';
import type { Engine } from './engine.ts';
import type { Options } from './options.ts';

export interface Estimate {
  n_parameters: number;
  /** Bytes of WASM memory. */
  memory_bytes: number;
  ms_per_step: number;
  seconds: number;
}

/**
 * peak_gflops is this machine's, from engine.gemmPeak(); by default that of the machine that the presets were measured
 * on.
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
  return 6 * o.n_embd * (comparedTokens(o) - BYTE_VOCABULARY) * tokensPerStep(o);
}

/** The tokens that the softmax of an average step compares: at first a sample, in the last steps all. */
function comparedTokens(o: Options): number {
  const { vocab_size } = modelConfig(o);
  const { softmax_tokens } = o;
  if (softmax_tokens === 0 || softmax_tokens >= vocab_size) return vocab_size;
  return (1 - WHOLE_SOFTMAX) * softmax_tokens + WHOLE_SOFTMAX * vocab_size;
}

/** The last share of the steps, which compares all tokens (cpp/train/trainer.cpp). */
export const WHOLE_SOFTMAX = 0.2;

/** GFLOP/s of the matrix kernel on one thread of the machine that the presets were measured on. */
const MEASURED_PEAK = 57;

/** Share of the peak that a whole step reaches, by width: [n_embd, measured share]. */
const MEASURED_EFFICIENCY: readonly (readonly [number, number])[] = [
  [32, 0.44],
  [64, 0.62],
  [128, 0.75],
  [192, 0.79],
  [384, 0.89],
];

/** Speed that each thread after the first adds; measured with two threads, 0.75 (W3) to 0.98 (W2). */
const GAIN_OF_A_THREAD = 0.9;

function efficiency(n_embd: number): number {
  const table = MEASURED_EFFICIENCY;
  const next = table.findIndex(([width]) => width >= n_embd);
  if (next <= 0) return next === 0 ? table[0]![1] * Math.min(1, n_embd / table[0]![0]) : table.at(-1)![1];
  const [w0, e0] = table[next - 1]!;
  const [w1, e1] = table[next]!;
  return e0 + ((e1 - e0) * (n_embd - w0)) / (w1 - w0);
}

// Floating-point operations follow one convention, so that figures compare: per token, 6 for each weight of the blocks'
// matrices, and 12 L T C for attention. The embeddings and the output layer are not counted.

export function tokensPerStep(o: Pick<Options, 'batch_size' | 'grad_accum' | 'seq_len'>): number {
  return o.batch_size * o.grad_accum * o.seq_len;
}

export function flopsPerStep(engine: Engine, o: Options): number {
  return engine.flopsPerToken(modelConfig(o)) * tokensPerStep(o);
}
