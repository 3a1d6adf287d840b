// Filling a model's context, timed.

import { modelConfig, sampleOptions, trainOptions } from '../convert.ts';
import type { SampleOptions } from '../generated/core-types.ts';
import type { Trainer } from '../core-objects.ts';
import type { Engine } from '../engine.ts';
import type { Options } from '../options.ts';
import { sampleText } from './sample-text.ts';
import { Timed, WARM_UP_MS, WHOLE } from './timed.ts';

/** With the KV cache or without, with float32 weights or int8. */
export type How = Pick<SampleOptions, 'cache' | 'int8'>;

/** A model that is as fast as a trained one. */
export function untrained(engine: Engine, options: Options): Trainer {
  return engine.createTrainer(modelConfig(options), trainOptions(options), sampleText());
}

export class GenerationTime extends Timed {
  readonly engine: Engine;
  readonly how: How;
  readonly context: number;
  /** What was generated, which must not depend on the cache. */
  text = '';
  protected readonly slow: boolean;
  readonly #trainer: Trainer;
  readonly #options: SampleOptions;

  constructor(engine: Engine, trainer: Trainer, options: Options, how: How) {
    super();
    this.engine = engine;
    this.how = how;
    this.context = options.seq_len;
    this.slow = !how.cache;
    this.#trainer = trainer;
    // The prompt is one byte, so the rest of the context is generated.
    this.#options = { ...sampleOptions(options), max_new_tokens: options.seq_len - 1, ...how };
    if (how.cache) this.warmUp();
    else this.#warmUpBriefly();
  }

  get tokensPerSecond(): number {
    return ((this.context - 1) * 1000) / this.median;
  }

  protected once(): number {
    const start = performance.now();
    using generator = this.engine.createGenerator(this.#trainer.model(), this.#options, '\n');
    const bytes: number[] = [];
    for (;;) {
      const event = generator.advance(WHOLE);
      for (const sample of event.samples) bytes.push(...sample.bytes);
      if (!event.done) continue;
      const took = performance.now() - start;
      if (event.tokens !== this.context - 1)
        throw new Error(`Generation ended after ${event.tokens} of ${this.context - 1} tokens.`);
      this.text = bytes.join();
      return took;
    }
  }

  /** A whole text without the cache may take half a minute. */
  #warmUpBriefly(): void {
    using generator = this.engine.createGenerator(this.#trainer.model(), this.#options, '\n');
    generator.advance(WARM_UP_MS);
  }
}
