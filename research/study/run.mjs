// mini-llm in the study: how long a step takes, and what a run has learned.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importTypeScript } from '../lib/import-typescript.mjs';
import { output } from '../lib/output.mjs';
import { CLI } from '../lib/paths.mjs';
import { median } from '../lib/statistics.mjs';
import { inTemporaryFolder } from '../lib/temporary-folder.mjs';
import { comparesAll } from './plan.mjs';

const { presetOptions } = await importTypeScript('web/engine/presets.ts');
const { TextWords } = await importTypeScript('web/engine/word-statistics.ts');

const LIMIT = { timeout: 3_600_000, maxBuffer: 2 ** 28 };
/** WebAssembly is still being optimized during the first third of them. */
const TIMED_STEPS = 60;
const SAMPLE = { prompt: '', temp: 0.8, max_new_tokens: 2000, seed: 1, threads: 1 };

const command = (name, file, options) => {
  const flags = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
  return output(process.execPath, [CLI, name, file, '--json', ...flags], LIMIT);
};

/** Calls work(model, train): train(options) writes the model and returns the events. */
function inFolder(text, { preset, changes }, work) {
  return inTemporaryFolder((folder) => {
    const model = join(folder, 'model.safetensors');
    const train = async (options) => {
      const all = { preset, ...changes, ...options, out: model, save_every: 10_000_000 };
      const lines = await command('train', text.file, all);
      return lines.trim().split('\n').map(JSON.parse);
    };
    return work(model, train);
  });
}

function milliseconds(text, configuration, changes) {
  return inFolder(text, configuration, async (_, train) => {
    const events = await train({
      ...changes,
      max_steps: 100_000,
      stop_at_step: TIMED_STEPS,
      eval_every: 0,
    });
    const ends = events.filter(({ event }) => event === 'step').map(({ elapsed_s }) => elapsed_s * 1000);
    const times = ends.slice(1).map((end, i) => end - ends[i]);
    return median(times.slice(TIMED_STEPS / 3));
  });
}

/** The share of the generated words that are words of the text, in any case. */
async function readability(text, model) {
  const { text: sample } = JSON.parse(await command('generate', model, SAMPLE));
  const words = new TextWords(readFileSync(text.file, 'utf8'));
  return { sample, words: words.statistics(sample).known };
}

export const miniLlm = {
  async prepare() {},

  /** All options of a configuration, as they are fitted to the text. */
  optionsFor({ preset, changes }, { bytes }) {
    return { ...presetOptions(preset, bytes), ...changes };
  },

  /** Milliseconds of a step on all threads: of one that compares a sample of the tokens, and of one that compares all. */
  async stepTimes(text, configuration, options) {
    const sampled = await milliseconds(text, configuration, {});
    const whole = comparesAll(options)
      ? sampled
      : await milliseconds(text, configuration, { softmax_tokens: 0 });
    return { sampled, whole };
  },

  /** Trains on one thread, which does not change the result. `ended` is the step of a run that ended early. */
  learn(text, configuration, { max_steps, eval_every, eval_batches }, seed) {
    return inFolder(text, configuration, async (model, train) => {
      const events = await train({ max_steps, eval_every, eval_batches, seed, threads: 1 });
      const bits = events.filter(({ event }) => event === 'eval').map((e) => e.val_bits_per_byte);
      const { reason, step } = events.findLast(({ event }) => event === 'done');
      const ended = reason === 'patience' ? step : null;
      return { bits: Math.min(...bits), ended, ...(await readability(text, model)) };
    });
  },
};
