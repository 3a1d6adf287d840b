// mini-llm bench --time_to: how long recipes take until the validation loss falls below a mark.

import type { Machine } from '../engine/bench/report.ts';
import type { Table } from '../engine/bench/tables.ts';
import { summaries, timeTo, type TimeTo } from '../engine/bench/time-to.ts';
import type { Options } from '../engine/options.ts';
import { presetOptions, type PresetName } from '../engine/presets.ts';
import type { Variant } from '../engine/variants.ts';
import { loadCore } from './core.ts';
import { formatCount, formatLoss } from '../engine/format.ts';
import { thisMachine } from './machine.ts';
import { readText } from './read-text.ts';
import { say } from './terminal.ts';

export interface TimeToPlan {
  text: string;
  encoding: string | undefined;
  /** Nats a byte. */
  mark: number;
  recipes: readonly PresetName[];
  /** How many, from the options' own on. */
  seeds: number;
  options: Pick<Options, 'seed' | 'variant' | 'threads' | 'reproducible'>;
}

export interface TimeToReport {
  machine: Machine;
  variant: Variant;
  threads: number;
  text: string;
  mark: number;
  runs: TimeTo[];
}

/** Each seed's recipes one after the other, so that a busy neighbour takes his time from all alike. */
export async function measureTimeTo({
  text,
  encoding,
  mark,
  recipes,
  seeds,
  options,
}: TimeToPlan): Promise<TimeToReport> {
  const corpus = await readText(text, encoding);
  for (const note of corpus.notes) say(note);
  const engine = await loadCore(options);
  try {
    const runs: TimeTo[] = [];
    for (let i = 0; i < seeds; i++)
      for (const recipe of recipes) {
        const seed = options.seed + i;
        const watch = (step: number, loss: number): void =>
          say(`${recipe}, seed ${seed}, step ${formatCount(step)}: ${formatLoss(loss)} nats a byte`);
        runs.push(
          await timeTo(
            engine,
            { recipe, options: { ...presetOptions(recipe, corpus.bytes.length), seed } },
            corpus,
            mark,
            watch,
          ),
        );
      }
    const { variant, threads } = engine;
    return { machine: thisMachine(), variant, threads, text: corpus.name, mark, runs };
  } finally {
    engine.close();
  }
}

export function timeToTable({ mark, text, variant, threads, runs }: TimeToReport): Table {
  return {
    title:
      `Until the validation loss falls below ${mark} nats a byte on ${text} (${variant} build, threads: ${threads}); ` +
      'medians, without the time of looking',
    head: ['recipe', 'seeds', 'reached', 'step', 'seconds', 'nats a byte'],
    rows: summaries(runs).map(({ recipe, seeds, reached, step, seconds, val_loss }) => [
      recipe,
      String(seeds),
      String(reached),
      formatCount(step),
      seconds.toFixed(1),
      formatLoss(val_loss),
    ]),
    words: 1,
  };
}
