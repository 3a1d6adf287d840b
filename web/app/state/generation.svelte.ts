// Text generation on the page: the prompt, the generated texts, and their speed.

import type { Remote } from 'comlink';
import { sampleOptions } from '../../engine/convert.ts';
import { sentence } from '../../engine/errors.ts';
import { promptNote, type GeneratedPiece } from '../../engine/generate.ts';
import type { GenerationService } from '../../worker/protocol.ts';
import { GrowingText } from '../lib/growing-text.ts';
import type { OptionForm } from './option-form.svelte.ts';
import { SeedChoice } from './seed-choice.svelte.ts';
import { words } from '../words/words.ts';

/** How generation ended; '' before and during it. Another model's start cuts it off. */
type Ending = '' | 'complete' | 'canceled' | 'cut off' | 'failed';

/** The connection to the worker that generates. */
export interface GenerationClient {
  call<T>(use: (service: Remote<GenerationService>) => Promise<T>): Promise<T>;
}

export class Generation {
  prompt = $state('');
  samples = $state.raw<readonly GrowingText[]>([]);
  tokens = $state(0);
  tokensPerSecond = $state(0);
  busy = $state(false);
  ending = $state<Ending>('');
  note = $state('');
  problem = $state('');
  readonly seed: SeedChoice;

  readonly #client: GenerationClient;
  readonly #form: OptionForm;
  #id = 0;
  #canceled = false;
  /** Pieces received but not drawn yet. */
  #undrawn = 0;
  #last: GeneratedPiece | undefined;
  #frame = 0;

  constructor(client: GenerationClient, form: OptionForm) {
    this.#client = client;
    this.#form = form;
    this.seed = new SeedChoice(form);
    // A background tab gets no animation frames, but generation must continue.
    document.addEventListener('visibilitychange', () => this.#draw());
  }

  /** seq_len: the context length of the model. */
  async generate(seq_len: number): Promise<void> {
    if (this.busy) return;
    this.problem = this.#form.problems.join(' ');
    if (this.problem !== '') return;
    const { prompt } = this;
    const id = this.#begin();
    try {
      const options = sampleOptions(this.#form.values);
      this.samples = Array.from({ length: options.n }, () => new GrowingText(prompt));
      this.note = await this.#promptNote(prompt, seq_len);
      await this.#client.call((service) => service.generate({ id, options, prompt }));
      this.#end(this.#aborted ? (this.#canceled ? 'canceled' : 'cut off') : 'complete');
    } catch (error) {
      this.problem = sentence(error);
      this.#end('failed');
    }
  }

  async cancel(): Promise<void> {
    this.#canceled = true;
    await this.#client.call((service) => service.cancelGeneration()).catch(() => undefined);
  }

  /** Draws a piece with the next frame, then tells the worker to send more. */
  take(id: number, piece: GeneratedPiece): void {
    if (id !== this.#id) return;
    piece.samples.forEach(({ text }, i) => this.samples[i]?.add(text));
    this.#last = piece;
    this.#undrawn++;
    if (document.hidden) this.#draw();
    else this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  get #aborted(): boolean {
    return this.#last?.samples.some(({ reason }) => reason === 'aborted') === true;
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#undrawn === 0 || !this.#last) return;
    const [id, pieces] = [this.#id, this.#undrawn];
    this.#undrawn = 0;
    for (const sample of this.samples) sample.draw();
    this.tokens = this.#last.tokens;
    this.tokensPerSecond = this.#last.tokens_per_s;
    void this.#client.call((service) => service.shown(id, pieces)).catch(() => undefined);
  }

  #begin(): number {
    this.busy = true;
    this.ending = '';
    this.note = '';
    this.tokens = 0;
    this.tokensPerSecond = 0;
    this.#canceled = false;
    this.seed.next();
    return ++this.#id;
  }

  #end(ending: Ending): void {
    this.#draw();
    this.busy = false;
    this.ending = ending;
    this.#last = undefined;
  }

  async #promptNote(prompt: string, seq_len: number): Promise<string> {
    // A token has at least one byte, so most prompts need not be tokenized.
    if (new TextEncoder().encode(prompt).length <= seq_len) return '';
    const tokens = await this.#client.call((service) => service.tokens(prompt));
    return promptNote(tokens.length, seq_len, words.write.promptTooLong) ?? '';
  }
}
