// The KV cache race of the page.

import { proxy } from 'comlink';
import { noRace, withPart, type RaceResult } from '../../engine/cache-race.ts';
import { sampleOptions } from '../../engine/convert.ts';
import { sentence } from '../../engine/errors.ts';
import type { Session } from './session.svelte.ts';

/** More tokens than this take too long without the cache. */
const MOST_TOKENS = 512;

const all = new WeakMap<Session, CacheRace>();

/** The page's race, whose result outlives its view. */
export function cacheRaceOf(session: Session): CacheRace {
  const found = all.get(session) ?? new CacheRace(session);
  all.set(session, found);
  return found;
}

export class CacheRace {
  result = $state.raw<RaceResult>(noRace());
  running = $state(false);
  /** Tokens to generate, and the length of the model's context. */
  planned = $state(0);
  context = $state(0);
  problem = $state('');
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get most(): number {
    return Math.min(MOST_TOKENS, 2 * (this.#session.model?.seq_len ?? 0));
  }

  get started(): boolean {
    return this.result.on.steps.length > 0;
  }

  /** Whether every planned token is there; a text may also end early by itself. */
  get cutOff(): boolean {
    return this.started && !this.running && this.result.off.steps.length < this.result.on.steps.length;
  }

  async start(tokens: number): Promise<void> {
    const { sampling, generation, model } = this.#session;
    if (this.running || !model) return;
    this.problem = sampling.problems.join(' ');
    if (this.problem !== '') return;
    this.result = noRace();
    this.planned = tokens;
    this.context = model.seq_len;
    this.running = true;
    const options = { ...sampleOptions(sampling.values), max_new_tokens: tokens, stop: [] };
    try {
      await this.#session.inspect((service) =>
        service.cacheRace(
          { options, prompt: generation.prompt },
          proxy(async (part) => void (this.result = withPart(this.result, part))),
        ),
      );
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.running = false;
    }
  }

  async stop(): Promise<void> {
    if (this.running)
      await this.#session.inspect((service) => service.cancelGeneration()).catch(() => undefined);
  }
}
