// The models that every reader of an export is tried with: both architectures, bytes and byte pairs, common and odd sizes.

import { sampleOptions } from '../../web/engine/convert.ts';
import type { Model } from '../../web/engine/core-objects.ts';
import { exportModel, type ExportRequest } from '../../web/engine/export/export.ts';
import type { Options } from '../../web/engine/options.ts';
import { sharedScratch } from './cli.ts';
import { sharedEngine, spoken, tiny, trained } from './engine.ts';
import { written } from './readers.ts';
import { english } from './texts.ts';

/** Long enough to be learned by heart: then the next token is never a close call. */
export const TEXT = english(600);
export const PROMPT = 'the cat sees';

const LEARN: Partial<Options> = {
  batch_size: 4,
  max_steps: 240,
  optimizer: 'muon',
  lr: 0.02,
  muon_lr: 0.02,
  min_lr: 0,
  schedule: 'linear',
  eval_every: 0,
  val_fraction: 0,
};
const COMMON: Partial<Options> = { ...LEARN, n_layer: 2, n_head: 4, n_embd: 64, seq_len: 128 };
/** No dimension but n_inner is a multiple of 32. */
const ODD: Partial<Options> = { ...LEARN, max_steps: 800, n_head: 1, n_embd: 36, seq_len: 48 };
const BPE: Partial<Options> = { tokenizer: 'bpe', vocab_size: 290 };

export const READER_MODELS: Record<string, Partial<Options>> = {
  'gpt2 on bytes': COMMON,
  'qwen3 with grouped queries on byte pairs': { ...COMMON, ...BPE, arch: 'qwen3', n_kv_head: 2 },
  'gpt2 of odd sizes on bytes': ODD,
  'gpt2 of odd sizes on byte pairs': { ...ODD, ...BPE },
  'qwen3 of odd sizes on bytes': { ...ODD, arch: 'qwen3' },
  'qwen3 of odd sizes with grouped queries on byte pairs': {
    ...ODD,
    ...BPE,
    arch: 'qwen3',
    n_head: 3,
    n_kv_head: 1,
  },
};

/** A model of the table and what is exported of it. */
export class ReaderModel {
  readonly #folder: string;
  readonly #name: string;
  readonly #options: Partial<Options>;
  #file!: Uint8Array;
  model!: Model;

  constructor(title: string, options: Partial<Options>, folder: string) {
    this.#name = title.replaceAll(' ', '-');
    this.#options = options;
    this.#folder = folder;
  }

  async train(): Promise<void> {
    const engine = await sharedEngine();
    const { run } = await trained(engine, TEXT, tiny(this.#options));
    this.#file = run.save();
    this.model = engine.loadModel(this.#file);
    await run.delete();
  }

  /** The exported folder, or the file that is all of it. */
  async exported(request: Omit<ExportRequest, 'name'>): Promise<string> {
    const engine = await sharedEngine();
    return written(exportModel(engine, this.#file, { ...request, name: this.#name }), this.#folder);
  }

  async gguf(type: 'f32' | 'q8_0' = 'f32'): Promise<string> {
    return `${await this.exported({ to: 'gguf', type })}/${this.#name}-${type}.gguf`;
  }

  ids(text: string): number[] {
    return [...this.model.tokenizer().encode(text)];
  }

  decoded(ids: readonly number[]): string {
    return Buffer.concat(ids.map((id) => this.model.tokenizer().decode(id))).toString();
  }

  /** As many tokens as the context holds after the prompt, up to 100. */
  get room(): number {
    return Math.min(100, this.model.config().seq_len - this.ids(PROMPT).length);
  }

  /** The most probable continuation, of n tokens. */
  async continuation(n = this.room, prompt = PROMPT): Promise<string> {
    const options = sampleOptions(tiny({ temp: 0, max_new_tokens: n }));
    return (await spoken(await sharedEngine(), this.model, options, prompt)).text;
  }
}

/** Runs the tests that `define` makes for each model of the table; `options` are those that it was trained with. */
export function describeReaderModels(define: (model: ReaderModel, options: Partial<Options>) => void): void {
  const folder = sharedScratch();
  describe.each(Object.entries(READER_MODELS))('%s', (title, options) => {
    const model = new ReaderModel(title, options, folder);
    beforeAll(() => model.train());
    afterAll(() => model.model?.delete());
    define(model, options);
  });
}
