// The state of an exported page, and what a person can do there.

import { wrap, type Remote } from 'comlink';
import { Generation, type GenerationClient } from '../app/state/generation.svelte.ts';
import { words } from '../app/words/words.ts';
import { formSpec, OptionForm } from '../app/state/option-form.svelte.ts';
import { sentence } from '../engine/errors.ts';
import type { ModelPage } from '../engine/export/model-page.ts';
import type { OptionName } from '../engine/options.ts';
import type { WorkerMessage } from '../worker/protocol.ts';
import { embeddedWeights } from './embedded.ts';
import type { ViewerService } from './worker.ts';
import ViewerWorker from './worker.ts?worker&inline';

const SAMPLING: readonly OptionName[] = ['temp', 'top_k', 'top_p', 'max_new_tokens', 'seed'];

export class ViewerSession {
  readonly page: ModelPage;
  readonly sampling: OptionForm;
  readonly generation: Generation;
  /** Whether the model is in memory. */
  ready = $state(false);
  problem = $state('');

  constructor(page: ModelPage) {
    this.page = page;
    this.sampling = new OptionForm(SAMPLING.map(formSpec), { int8: page.type === 'int8' });
    this.generation = new Generation(this.#connect(), this.sampling);
  }

  async generate(): Promise<void> {
    await this.generation.generate(this.page.seq_len);
  }

  /** Starts the worker and opens the model in it. */
  #connect(): GenerationClient {
    const worker = new ViewerWorker();
    const service = wrap<ViewerService>(worker);
    worker.addEventListener('message', ({ data }: MessageEvent<Partial<WorkerMessage>>) => {
      if (data.event?.type === 'piece') this.generation.take(data.event.id, data.event.piece);
    });
    const lost = new Promise<never>((_, reject) =>
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error(words.viewer.lost(event.message)));
      }),
    );
    void Promise.race([this.#open(service), lost]).catch((error: unknown) => this.#fail(error));
    lost.catch((error: unknown) => this.#fail(error));
    return { call: (use) => Promise.race([use(service), lost]) };
  }

  async #open(service: Remote<ViewerService>): Promise<void> {
    await service.open(await embeddedWeights(), this.page.type === 'int8');
    this.ready = true;
  }

  #fail(error: unknown): void {
    this.ready = false;
    this.problem = words.viewer.failed(sentence(error));
  }
}
