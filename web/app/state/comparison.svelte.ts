// The runs that are compared: which, by what, and what is known of them.

import { sentence } from '../../engine/errors.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import type { ListedRun } from '../../worker/storage/protocol.ts';
import { curveOf, METRICS, MOST_RUNS, named, type ComparedRun, type Metric } from '../lib/compare.ts';
import type { Session } from './session.svelte.ts';

export class Comparison {
  runs = $state.raw<readonly ListedRun[]>([]);
  chosen = $state.raw<readonly string[]>([]);
  metric = $state<Metric['name']>('val');
  /** From 0 to below 1. */
  smoothing = $state(0);
  /** The step that is looked at; undefined: the last one. */
  step = $state<number | undefined>(undefined);
  problem = $state('');
  #records = $state.raw<Readonly<Record<string, RunRecord>>>({});
  #begun = false;
  readonly #session: Session;

  readonly compared = $derived.by(() =>
    this.runs.flatMap((run): ComparedRun[] => {
      const record = this.#records[run.id];
      return record && this.chosen.includes(run.id) ? [{ run, record }] : [];
    }),
  );
  readonly shown = $derived.by(() => METRICS.find(({ name }) => name === this.metric)!);
  readonly curves = $derived.by(() => this.compared.map((run) => curveOf(run, this.shown, this.smoothing)));
  readonly last = $derived.by(() => Math.max(0, ...this.compared.map(({ run }) => run.step)));
  readonly at = $derived.by(() => Math.min(this.step ?? this.last, this.last));
  readonly full = $derived.by(() => this.chosen.length >= MOST_RUNS);

  constructor(session: Session) {
    this.#session = session;
  }

  /** Reads the list anew, and of the chosen runs what has been saved since. */
  async refresh(): Promise<void> {
    const { runs } = this.#session;
    this.problem = '';
    try {
      const before = this.runs;
      this.runs = named(await runs.call((library) => library.list()));
      if (!this.#begun) this.chosen = this.runs.slice(0, 2).map(({ id }) => id);
      this.#begun = true;
      const savedBefore = (id: string) => before.find((run) => run.id === id)?.saved;
      const stale = this.runs.filter(({ id, saved }) => saved !== savedBefore(id)).map(({ id }) => id);
      await this.#read(this.chosen.filter((id) => stale.includes(id) || !(id in this.#records)));
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  async choose(id: string, on: boolean): Promise<void> {
    this.chosen = on ? [...this.chosen, id] : this.chosen.filter((each) => each !== id);
    if (on) await this.#read([id]).catch((error: unknown) => (this.problem = sentence(error)));
  }

  async #read(ids: readonly string[]): Promise<void> {
    const records = { ...this.#records };
    for (const id of ids) {
      const record = await this.#session.runs.call((library) => library.record(id));
      if (record) records[id] = record;
    }
    this.#records = records;
  }
}
