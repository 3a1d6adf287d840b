// All figures measured so far, by system, workload and number of threads.
import { median } from '../../lib/statistics.mjs';
import { tokensPerStep } from './shapes.mjs';

export class Measurements {
  #cells = new Map();

  #cell(system, workload, threads) {
    const key = `${system.id} ${workload.name} ${threads}`;
    if (!this.#cells.has(key)) this.#cells.set(key, { figures: {}, failure: null });
    return this.#cells.get(key);
  }

  /** Training has {ms_per_step}; generation has tokens/s: {cached, uncached}, and {int8} if supported. */
  add(system, workload, threads, figures) {
    const cell = this.#cell(system, workload, threads);
    for (const [name, value] of Object.entries(figures)) (cell.figures[name] ??= []).push(value);
  }

  fail(system, workload, threads, reason) {
    this.#cell(system, workload, threads).failure = reason;
  }

  failure(system, workload, threads) {
    return this.#cell(system, workload, threads).failure;
  }

  /** The median over the rounds, or undefined. */
  figure(system, workload, threads, name) {
    const values = this.#cell(system, workload, threads).figures[name];
    return values && median(values);
  }

  /** The same in tokens/s, so that more is always better. */
  speed(system, workload, threads, name) {
    const value = this.figure(system, workload, threads, name);
    if (value === undefined) return undefined;
    return name === 'ms_per_step' ? (tokensPerStep(workload) * 1000) / value : value;
  }
}

/** The figures of a workload, in the order of the tables' columns. */
export function figuresOf(workload) {
  return workload.kind === 'train' ? ['ms_per_step'] : ['cached', 'uncached', 'int8'];
}
