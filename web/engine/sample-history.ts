// The live samples of a run by step. A long run makes more than anybody looks at, so their number is bounded.

export interface StepSample {
  /** The step of the weights that generated it. */
  step: number;
  text: string;
}

const MAX_SAMPLES = 200;

export class SampleHistory {
  /** In the order of their steps. */
  #samples: readonly StepSample[];

  constructor(samples: readonly StepSample[] = []) {
    this.#samples = samples;
  }

  get samples(): readonly StepSample[] {
    return this.#samples;
  }

  /** Adds a sample, in place of an earlier one of the same step. */
  add(sample: StepSample): void {
    const others = this.#samples.filter(({ step }) => step !== sample.step);
    const at = others.findLastIndex(({ step }) => step < sample.step) + 1;
    this.#samples = thinned(others.toSpliced(at, 0, sample));
  }

  /** Drops later samples, because training continues from this step. */
  cutAfter(step: number): void {
    this.#samples = this.#samples.filter((sample) => sample.step <= step);
  }
}

/** Drops the sample whose neighbors are closest to each other, so that the rest stay spread evenly. */
function thinned(samples: readonly StepSample[]): readonly StepSample[] {
  if (samples.length <= MAX_SAMPLES) return samples;
  let densest = 1;
  const gap = (i: number): number => samples[i + 1]!.step - samples[i - 1]!.step;
  for (let i = 2; i < samples.length - 1; i++) if (gap(i) < gap(densest)) densest = i;
  return samples.toSpliced(densest, 1);
}
