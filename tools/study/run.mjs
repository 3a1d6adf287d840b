// One run of the command line, told by its JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inCheckout } from '../lib/paths.mjs';
import { output } from '../compare/lib/child.mjs';
import { median } from '../compare/lib/statistics.mjs';

const LIMIT = { timeout: 3_600_000, maxBuffer: 2 ** 28 };
/** How often a run looks at its validation part, and after how many looks in vain it ends. */
const LOOKS = 20;
const PATIENCE = 3;

/** Every event of `mini-llm train` with these options. */
async function train(text, options) {
  const folder = mkdtempSync(join(tmpdir(), 'mini-llm-study-'));
  try {
    const all = { ...options, out: join(folder, 'model.safetensors'), save_every: 10_000_000 };
    const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const cli = inCheckout('build', 'cli', 'mini-llm.js');
    const lines = await output(process.execPath, [cli, 'train', text, '--json', ...flags], LIMIT);
    return lines.trim().split('\n').map(JSON.parse);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of a step on all threads, the median of so many. */
export async function stepTime(text, options, steps) {
  const all = { ...options, max_steps: 10_000, stop_at_step: steps, eval_every: 0 };
  const told = (await train(text, all))
    .filter(({ event }) => event === 'step')
    .map((e) => e.elapsed_s * 1000);
  const times = told.slice(1).map((at, i) => at - told[i]);
  // The first steps run in code that is still being compiled.
  return median(times.slice(steps / 3));
}

/** Bits per byte on the whole validation part, at the step where it was best, of a schedule of so many steps. */
export async function learn(text, options, max_steps) {
  const looks = { eval_every: Math.ceil(max_steps / LOOKS), eval_batches: 0, patience: PATIENCE };
  const events = await train(text, { ...options, ...looks, max_steps, threads: 1 });
  const evaluations = events.filter(({ event }) => event === 'eval');
  const best = evaluations.reduce((a, b) => (b.val_bits_per_byte < a.val_bits_per_byte ? b : a));
  return {
    step: best.step,
    max_steps,
    validation: best.val_bits_per_byte,
    training: best.train_bits_per_byte,
  };
}
