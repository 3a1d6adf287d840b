// The timeline of live samples: which earlier one is shown beside the newest, and playing them all.

import type { StepSample } from '../../engine/sample-history.ts';
import { download } from '../lib/browser.ts';
import type { Training } from './training.svelte.ts';
import { words } from '../words/words.ts';

const PLAY_MS = 10_000;
const FRAME_MS = 50;
/** Between the samples that are shown to people who asked for less motion. */
const CALM_FRAME_MS = 1000;

export function stepLabel(step: number): string {
  return step === 0 ? words.sample.first : words.sample.after(step);
}

export class Timeline {
  readonly #training: Training;
  /** The step whose sample is shown; undefined: only the newest. */
  #step = $state<number | undefined>(undefined);
  playing = $state(false);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** The position of the shown sample. */
  readonly index = $derived.by(() => this.#index());
  /** The earlier sample that is shown, or undefined. */
  readonly then = $derived.by(() => (this.index < this.last ? this.samples[this.index] : undefined));

  constructor(training: Training) {
    this.#training = training;
  }

  get samples(): readonly StepSample[] {
    return this.#training.samples;
  }

  get last(): number {
    return this.samples.length - 1;
  }

  show(index: number): void {
    this.#step = index >= this.last ? undefined : this.samples[index]?.step;
  }

  /** Shows all samples within ten seconds, from the first one on. */
  play(): void {
    this.stop();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const begun = performance.now();
    const draw = (): void => {
      const done = (performance.now() - begun) / PLAY_MS;
      this.show(Math.floor(done * this.samples.length));
      if (done >= 1) this.stop();
    };
    this.playing = true;
    this.#timer = setInterval(draw, calm ? CALM_FRAME_MS : FRAME_MS);
    draw();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.playing = false;
  }

  save(): void {
    const texts = this.samples.map(({ step, text }) => `--- ${stepLabel(step)} ---\n\n${text}\n`);
    download(
      new TextEncoder().encode([`${words.sample.fileTitle}\n`, ...texts].join('\n')),
      'mini-llm-samples.txt',
    );
  }

  #index(): number {
    const step = this.#step;
    if (step === undefined) return this.last;
    // The sample of this step may have been dropped since.
    return this.samples.findLastIndex((sample) => sample.step <= step);
  }
}
