// The points of the curves. A long run has more steps than the screen has pixels, so every other training point
// is dropped when there are too many; all validation points are kept.

const MAX_POINTS = 4000;

/** What is recorded beside the losses, under the names that events have. */
export const MEASURES = [
  'train_bits_per_byte',
  'val_bits_per_byte',
  'lr',
  'grad_norm',
  'tokens_per_s',
] as const;
export type Measure = (typeof MEASURES)[number];

/** Null: not measured at this step. */
export type Column = (number | null)[];
type Measured = Partial<Record<Measure, number | null>>;

/** Points that can be saved. */
export interface LossPoints {
  steps: number[];
  train: Column;
  val: Column;
  /** Training points are kept at multiples of this step. */
  every: number;
  /** Runs saved by earlier versions have none. */
  measures?: Partial<Record<Measure, Column>>;
}

export class LossHistory {
  steps: number[];
  train: Column;
  val: Column;
  readonly measures: Record<Measure, Column>;
  #every: number;

  constructor({ steps, train, val, every, measures }: LossPoints = NOTHING) {
    this.steps = [...steps];
    this.train = [...train];
    this.val = [...val];
    this.#every = every;
    this.measures = byMeasure((name) => [...(measures?.[name] ?? steps.map(() => null))]);
  }

  points(): LossPoints {
    return {
      steps: [...this.steps],
      train: [...this.train],
      val: [...this.val],
      every: this.#every,
      measures: byMeasure((name) => [...this.measures[name]]),
    };
  }

  addStep(step: number, loss: number | null, measured: Measured = {}): void {
    // The last point is always the latest step, even if thinning drops it later.
    const last = this.steps.length - 1;
    if (last > 0 && this.val[last] === null && this.#thinned(this.steps[last]!)) this.#drop();
    this.steps.push(step);
    this.train.push(loss);
    this.val.push(null);
    for (const name of MEASURES) this.measures[name].push(rounded(measured[name] ?? null));
    if (this.steps.length > MAX_POINTS) this.#thin();
  }

  addValidation(step: number, loss: number | null, bitsPerByte: number | null = null): void {
    if (this.steps.at(-1) !== step) this.addStep(step, null);
    this.val[this.val.length - 1] = loss;
    this.measures.val_bits_per_byte[this.val.length - 1] = rounded(bitsPerByte);
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
    for (const name of MEASURES) this.measures[name].pop();
  }

  #thin(): void {
    this.#every *= 2;
    const kept = this.steps.flatMap((step, i) => (this.#thinned(step) && this.val[i] === null ? [] : [i]));
    const only = <T>(column: T[]): T[] => kept.map((i) => column[i]!);
    this.steps = only(this.steps);
    this.train = only(this.train);
    this.val = only(this.val);
    for (const name of MEASURES) this.measures[name] = only(this.measures[name]);
  }
}

const NOTHING: LossPoints = { steps: [], train: [], val: [], every: 1 };

function byMeasure(column: (name: Measure) => Column): Record<Measure, Column> {
  return Object.fromEntries(MEASURES.map((name) => [name, column(name)])) as Record<Measure, Column>;
}

/** To the digits that a curve shows, so that a saved run stays small. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(5));
}
