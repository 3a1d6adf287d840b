// From the table's values to the structs that the core takes.

import type { CheckpointInfo, ModelConfig, SampleOptions, TrainOptions } from './core-types.ts';
import type { Options } from './options.ts';

/** Ids of the byte-level tokenizer: one for each byte. */
export const BYTE_VOCABULARY = 256;

/** The core's own default, as in RoPE's paper. */
const ROPE_THETA = 10_000;

export function modelConfig(o: Options): ModelConfig {
  return {
    arch: o.arch,
    vocab_size: o.tokenizer === 'bpe' ? o.vocab_size : BYTE_VOCABULARY,
    seq_len: o.seq_len,
    n_layer: o.n_layer,
    n_head: o.n_head,
    n_embd: o.n_embd,
    n_kv_head: keyValueHeads(o),
    n_inner: innerWidth(o),
    rope_theta: ROPE_THETA,
  };
}

export function keyValueHeads({ n_head, n_kv_head }: Pick<Options, 'n_head' | 'n_kv_head'>): number {
  return n_kv_head === 0 ? n_head : n_kv_head;
}

/** Hidden width of the MLP. SwiGLU has three matrices instead of two, so two thirds make it as large. */
export function innerWidth({ arch, n_embd }: Pick<Options, 'arch' | 'n_embd'>): number {
  return arch === 'gpt2' ? 4 * n_embd : Math.ceil((8 * n_embd) / 3 / 16) * 16;
}

export function trainOptions(o: Options): TrainOptions {
  return {
    batch_size: o.batch_size,
    grad_accum: o.grad_accum,
    max_steps: o.max_steps,
    lr: o.lr,
    min_lr: o.min_lr,
    warmup_steps: o.warmup_steps,
    schedule: o.schedule,
    decay_fraction: o.decay_fraction,
    optimizer: o.optimizer,
    muon_lr: o.muon_lr,
    weight_decay: o.weight_decay,
    beta1: o.beta1,
    beta2: o.beta2,
    grad_clip: o.grad_clip,
    dropout: o.dropout,
    val_fraction: o.val_fraction,
    eval_every: o.eval_every,
    eval_batches: o.eval_batches,
    patience: o.patience,
    seed: o.seed,
    freeze_layers: o.freeze_layers,
    lora_rank: o.lora_rank,
    lora_alpha: o.lora_alpha,
  };
}

export function sampleOptions(o: Options): SampleOptions {
  return {
    temp: o.temp,
    top_k: o.top_k,
    top_p: o.top_p,
    min_p: o.min_p,
    repetition_penalty: o.repetition_penalty,
    max_new_tokens: o.max_new_tokens,
    seed: o.seed,
    cache: o.cache,
    int8: o.int8,
    stop: o.stop,
    n: o.n,
  };
}

/** The table's values for a tokenizer that there is. */
export function tokenizerOptions(
  name: Options['tokenizer'],
  vocab_size: number,
): Pick<Options, 'tokenizer'> & Partial<Pick<Options, 'vocab_size'>> {
  return name === 'bpe' ? { tokenizer: name, vocab_size } : { tokenizer: name };
}

/** The table's values that a model file was trained with, for resuming it or showing it in the controls. */
export function optionsOfCheckpoint(
  base: Options,
  { config, options, tokenizer }: Pick<CheckpointInfo, 'config' | 'options' | 'tokenizer'>,
): Options {
  return {
    ...base,
    ...(options ?? {}),
    arch: config.arch as Options['arch'], // the core has read it, so it is one that we know
    ...tokenizerOptions(tokenizer, config.vocab_size),
    seq_len: config.seq_len,
    n_layer: config.n_layer,
    n_head: config.n_head,
    n_embd: config.n_embd,
    n_kv_head: config.n_kv_head === config.n_head ? 0 : config.n_kv_head,
  };
}
