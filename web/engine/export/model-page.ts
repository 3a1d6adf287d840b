// What an exported page (html.ts) holds beside the program, and how it is written into the page's source.

import type { CheckpointInfo } from '../checkpoint-info.ts';

/** What the page tells about its model. */
export interface ModelPage {
  name: string;
  /** The version of mini-llm that exported it, and when, in milliseconds since 1970. */
  version: string;
  exported: number;
  /** The type of its weights, in safetensors' format; see int8-weights.ts. */
  type: 'f32' | 'int8';
  /** Sentences about its shape and its context. */
  about: string;
  seq_len: number;
  n_parameters: number;
  /** The step of its weights, and their validation loss in bits per byte and, if it is known, in nats per token. */
  step: number;
  bits_per_byte: number | null;
  val_loss: number | null;
  info: Pick<CheckpointInfo, 'config' | 'options' | 'tokenizer' | 'corpus_sha256' | 'recipe'>;
}

/** The places in the built page that an export fills. */
export const SLOTS = {
  title: '<title>mini-llm</title>',
  model: '<script id="model" type="application/json"></script>',
};

/** The weights follow in parts of this many bytes, in base64, because browsers limit the length of a string. */
export const PART_BYTES = 3 * 2 ** 20;
export const PART_CLASS = 'weights';
