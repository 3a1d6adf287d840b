// mini-llm bench --time_to: how long presets train until the validation loss falls below a target.

import type { Machine } from '../engine/bench/report.ts';
import type { Table } from '../engine/bench/tables.ts';
import { summaries, timeTo, type TimeTo } from '../engine/bench/time-to.ts';
import type { Options } from '../engine/options.ts';
import { presetOptions, type PresetName } from '../engine/presets.ts';
import type { Variant } from '../engine/variants.ts';
import { counted, formatCount, formatLoss } from '../engine/format.ts';
import { loadCore, thisMachine } from './core.ts';
import { readText } from './inputs.ts';
import { say } from './terminal.ts';

export interface TimeToPlan {
  text: string;
  encoding: string | undefined;
  /** The validation loss to reach, in nats per byte. */
  target: number;
  presets: readonly PresetName[];
  /** Number of seeds, counted up from options.seed. */
  seeds: number;
  options: Pick<Options, 'seed' | 'variant' | 'threads' | 'reproducible'>;
}

export interface TimeToReport {
  machine: Machine;
  variant: Variant;
  threads: number;
  text: string;
  target: number;
  runs: TimeTo[];
}

/** Alternates the presets for each seed, so that other load on the machine slows all of them. */
export async function measureTimeTo({
  text,
  encoding,
  target,
  presets,
  seeds,
  options,
}: TimeToPlan): Promise<TimeToReport> {
  const corpus = await readText(text, { encoding });
  for (const note of corpus.notes) say(note);
  const engine = await loadCore(options);
  try {
    const runs: TimeTo[] = [];
    for (let i = 0; i < seeds; i++)
      for (const preset of presets) {
        const seed = options.seed + i;
        const watch = (step: number, loss: number): void =>
          say(`${preset}, seed ${seed}, step ${formatCount(step)}: ${formatLoss(loss)} nats per byte`);
        runs.push(
          await timeTo(
            engine,
            { preset, options: { ...presetOptions(preset, corpus.bytes.length), seed } },
            corpus,
            target,
            watch,
          ),
        );
      }
    const { variant, threads } = engine;
    return { machine: thisMachine(), variant, threads, text: corpus.name, target, runs };
  } finally {
    engine.close();
  }
}

export function timeToTable({ target, text, variant, threads, runs }: TimeToReport): Table {
  return {
    title:
      `Training until the validation loss is below ${target} nats per byte on ${text} (${variant} build, ` +
      `${counted(threads, 'thread')}); medians over the seeds, without the time of validation`,
    head: ['preset', 'seeds', 'reached', 'step', 'seconds', 'nats/byte'],
    rows: summaries(runs).map(({ preset, seeds, reached, step, seconds, val_loss }) => [
      preset,
      String(seeds),
      String(reached),
      formatCount(step),
      seconds.toFixed(1),
      formatLoss(val_loss),
    ]),
    words: 1,
  };
}
