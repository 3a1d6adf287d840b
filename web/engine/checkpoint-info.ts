// What a model file says about itself: the JSON that the core's checkpoint_info() returns.

import type { ModelConfig, TrainOptions } from './generated/core-types.ts';

/** A token that no merge makes; see cpp/text/tokenizer.h. */
export interface ExtraToken {
  /** Empty for a row of the embedding without a token. */
  text: string;
  kind: 'text' | 'special' | 'end' | 'unused';
}

export interface CheckpointInfo {
  /** Only of an adapter, which is no model by itself. */
  kind?: 'lora';
  config: ModelConfig;
  /** Null in a file with weights alone. */
  options: TrainOptions | null;
  step: number;
  /** Nats per token. */
  train_loss: number | null;
  val_loss: number | null;
  /** The validation loss per byte of text, so that tokenizers compare. */
  val_bits_per_byte: number | null;
  corpus_sha256: string;
  tokenizer: 'byte' | 'bpe';
  /** Only with "bpe": merge i joins a pair of tokens into token 256 + i. */
  merges?: [number, number][];
  /** Only of imported models: how a text is split into words, if not as in GPT-2. */
  split?: string;
  /** Only of imported models: the tokens that follow the bytes and merges. */
  extra_tokens?: ExtraToken[];
  vocab_size: number;
  n_parameters: number;
  has_optimizer: boolean;
  /** The step with the best validation, with early stopping. */
  best_step?: number;
  /** The validation loss of that step. */
  best_val_bits_per_byte?: number | null;
  /** The file holds the weights of best_step, so that training cannot go on from it. */
  restored_best?: boolean;
  /** The step at which the run had ended before it was extended. */
  patience_from?: number;
  /** How the run came about; see savedRecipe(). Older files have none. */
  recipe?: unknown;
  tensors: { name: string; shape: number[] }[];
}
