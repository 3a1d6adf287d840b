// What has been measured: per contender, workload and number of threads the figures of every round.
import { median } from './statistics.mjs';
import { tokensPerStep } from './workloads.mjs';

export class Measurements {
  #cells = new Map();

  #cell(contender, workload, threads) {
    const key = `${contender.id} ${workload.name} ${threads}`;
    if (!this.#cells.has(key)) this.#cells.set(key, { figures: {}, failure: null });
    return this.#cells.get(key);
  }

  /** figures: {ms_per_step} of training, or tokens a second: {cached, uncached}, and {int8} where there is one. */
  add(contender, workload, threads, figures) {
    const cell = this.#cell(contender, workload, threads);
    for (const [name, value] of Object.entries(figures)) (cell.figures[name] ??= []).push(value);
  }

  fail(contender, workload, threads, reason) {
    this.#cell(contender, workload, threads).failure = reason;
  }

  failure(contender, workload, threads) {
    return this.#cell(contender, workload, threads).failure;
  }

  /** The median over the rounds, or undefined. */
  figure(contender, workload, threads, name) {
    const values = this.#cell(contender, workload, threads).figures[name];
    return values && median(values);
  }

  /** Tokens a second, whatever was measured: more is better. */
  speed(contender, workload, threads, name) {
    const value = this.figure(contender, workload, threads, name);
    if (value === undefined) return undefined;
    return name === 'ms_per_step' ? (tokensPerStep(workload) * 1000) / value : value;
  }
}

/** The figures that a workload has, in the order of the tables' columns. */
export function figuresOf(workload) {
  return workload.kind === 'train' ? ['ms_per_step'] : ['cached', 'uncached', 'int8'];
}
