// Runs `mini-llm train` once and reads its JSON events.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from '../lib/output.mjs';
import { CLI } from '../lib/paths.mjs';
import { median } from '../lib/statistics.mjs';

const LIMIT = { timeout: 3_600_000, maxBuffer: 2 ** 28 };
/** Evaluations in a run. */
const EVALUATIONS = 20;
/** Evaluations without an improvement that end a run. */
const PATIENCE = 3;

async function train(text, options) {
  const folder = mkdtempSync(join(tmpdir(), 'mini-llm-study-'));
  try {
    const all = { ...options, out: join(folder, 'model.safetensors'), save_every: 10_000_000 };
    const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const lines = await output(process.execPath, [CLI, 'train', text, '--json', ...flags], LIMIT);
    return lines.trim().split('\n').map(JSON.parse);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The median milliseconds of a step on all threads, over `steps` steps. */
export async function stepTime(text, options, steps) {
  const events = await train(text, { ...options, max_steps: 10_000, stop_at_step: steps, eval_every: 0 });
  const ends = events.filter(({ event }) => event === 'step').map(({ elapsed_s }) => elapsed_s * 1000);
  const times = ends.slice(1).map((end, i) => end - ends[i]);
  // WebAssembly is still being optimized during the first steps.
  return median(times.slice(steps / 3));
}

/** Trains for `max_steps` and returns bits per byte over the whole validation split at the best step. */
export async function learn(text, options, max_steps) {
  const evaluation = {
    eval_every: Math.ceil(max_steps / EVALUATIONS),
    eval_batches: 0,
    patience: PATIENCE,
  };
  const events = await train(text, { ...options, ...evaluation, max_steps, threads: 1 });
  const evaluations = events.filter(({ event }) => event === 'eval');
  const best = evaluations.reduce((a, b) => (b.val_bits_per_byte < a.val_bits_per_byte ? b : a));
  return {
    step: best.step,
    max_steps,
    validation: best.val_bits_per_byte,
    training: best.train_bits_per_byte,
  };
}
