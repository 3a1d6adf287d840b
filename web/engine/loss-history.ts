// The points of the loss curves. A long run has more steps than the screen has pixels, so every other training point
// is dropped when there are too many; all validation points are kept.

const MAX_POINTS = 4000;

/** Points that can be saved. Null: not measured at this step. */
export interface LossPoints {
  steps: number[];
  train: (number | null)[];
  val: (number | null)[];
  /** Training points are kept at multiples of this step. */
  every: number;
}

export class LossHistory {
  steps: number[];
  train: (number | null)[];
  val: (number | null)[];
  #every: number;

  constructor({ steps, train, val, every }: LossPoints = { steps: [], train: [], val: [], every: 1 }) {
    this.steps = [...steps];
    this.train = [...train];
    this.val = [...val];
    this.#every = every;
  }

  points(): LossPoints {
    return { steps: [...this.steps], train: [...this.train], val: [...this.val], every: this.#every };
  }

  addStep(step: number, loss: number | null): void {
    // The last point is always the latest step, even if thinning drops it later.
    const last = this.steps.length - 1;
    if (last > 0 && this.val[last] === null && this.#thinned(this.steps[last]!)) this.#drop();
    this.steps.push(step);
    this.train.push(loss);
    this.val.push(null);
    if (this.steps.length > MAX_POINTS) this.#thin();
  }

  addValidation(step: number, loss: number | null): void {
    if (this.steps.at(-1) !== step) this.addStep(step, null);
    this.val[this.val.length - 1] = loss;
  }

  /** The step with the lowest validation loss. */
  best(): { step: number; val: number } | undefined {
    let best: { step: number; val: number } | undefined;
    this.val.forEach((val, i) => {
      if (val !== null && val < (best?.val ?? Infinity)) best = { step: this.steps[i]!, val };
    });
    return best;
  }

  /** Drops later steps, because training continues from this one. */
  cutAfter(step: number): void {
    while ((this.steps.at(-1) ?? 0) > step) this.#drop();
  }

  #thinned(step: number): boolean {
    return step % this.#every !== 0;
  }

  #drop(): void {
    this.steps.pop();
    this.train.pop();
    this.val.pop();
  }

  #thin(): void {
    this.#every *= 2;
    const kept = this.steps.flatMap((step, i) => (this.#thinned(step) && this.val[i] === null ? [] : [i]));
    this.steps = kept.map((i) => this.steps[i]!);
    this.train = kept.map((i) => this.train[i]!);
    this.val = kept.map((i) => this.val[i]!);
  }
}
