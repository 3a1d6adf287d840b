// The worker's answers to the panels of "Look inside". The code behind each is fetched when the page first asks.

import { transfer } from 'comlink';
import type { Model } from '../engine/core-objects.ts';
import type { SampleOptions } from '../engine/generated/core-types.ts';
import type { EmbeddingMap, Neighbor } from '../engine/embeddings.ts';
import type { RacePart } from '../engine/cache-race.ts';
import type { AblationTable, Attention, InspectRequest, LensRow, NextTokens } from '../engine/inspect.ts';
import type { SplitText } from '../engine/merge-steps.ts';
import type { CurrentModel } from './current-model.ts';
import type { InspectionService, RaceListener, RaceRequest } from './protocol.ts';
import { Generation } from './throttle.ts';

type InspectModule = typeof import('../engine/inspect.ts');

export abstract class InspectionCalls implements Omit<
  InspectionService,
  'tokens' | 'structure' | 'profileStep' | 'cancelGeneration'
> {
  /** Throws without a model. */
  protected abstract requireModel(): CurrentModel;
  /** Runs what generates, after ending what generated before; a change of the model ends it. */
  protected abstract generating<P extends { done: boolean }>(
    generation: Generation<P>,
    pieces: (current: CurrentModel) => AsyncIterable<P>,
  ): Promise<void>;

  nextTokens(request: InspectRequest, options: SampleOptions, count: number): Promise<NextTokens> {
    return this.#inspect((inspect, model) => inspect.nextTokens(model, request, options, count));
  }

  followed(request: InspectRequest): Promise<(number | undefined)[]> {
    return this.#inspect((inspect, model) => inspect.followed(model, request));
  }

  async attention(request: InspectRequest): Promise<Attention> {
    const found = await this.#inspect((inspect, model) => inspect.attention(model, request));
    return transfer(found, [found.weights.buffer]);
  }

  lens(request: InspectRequest, count: number): Promise<LensRow[]> {
    return this.#inspect((inspect, model) => inspect.lens(model, request, count));
  }

  ablation(request: InspectRequest): Promise<AblationTable> {
    return this.#inspect((inspect, model) => inspect.ablation(model, request));
  }

  continuation(request: InspectRequest, count: number): Promise<string> {
    return this.#inspect((inspect, model) => inspect.continuation(model, request, count));
  }

  async cacheRace({ options, prompt }: RaceRequest, take: RaceListener): Promise<void> {
    const { cacheRace } = await import('../engine/cache-race.ts');
    const race = new Generation<RacePart>(0, (part) => void take(part).then(() => race.shown(1)));
    await this.generating(race, (current) =>
      cacheRace((...args) => current.generate(...args), options, prompt, race.signal),
    );
  }

  async embeddings(text: string, most: number): Promise<EmbeddingMap> {
    const { embeddingMap, frequentTokens } = await import('../engine/embeddings.ts');
    const { model } = this.requireModel();
    return embeddingMap(model, frequentTokens(model.tokenizer(), text, most));
  }

  async neighbors(id: number, among: readonly number[], count: number): Promise<Neighbor[]> {
    const { neighbors } = await import('../engine/embeddings.ts');
    return neighbors(this.requireModel().model, id, among, count);
  }

  async splitText(text: string): Promise<SplitText> {
    const { splitText } = await import('../engine/merge-steps.ts');
    return splitText(this.requireModel().model.tokenizer(), text);
  }

  async #inspect<T>(use: (inspect: InspectModule, model: Model) => T): Promise<T> {
    return use(await import('../engine/inspect.ts'), this.requireModel().model);
  }
}
