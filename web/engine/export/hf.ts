// A folder as Hugging Face's transformers read it.

import type { CheckpointInfo } from '../checkpoint-info.ts';
import type { ModelConfig } from '../generated/core-types.ts';
import { BYTE_VOCABULARY } from '../convert.ts';
import { tokenizerJson } from '../tokenizer-json.ts';
import { jsonText, type ExportedFile, type ExportSource } from './source.ts';
import { modelCard } from './model-card.ts';

const USE = `\`\`\`python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained('.')
model = AutoModelForCausalLM.from_pretrained('.')
inputs = tokenizer('Once', return_tensors='pt')
print(tokenizer.decode(model.generate(**inputs)[0]))
\`\`\`

mini-llm opens \`model.safetensors\` as it is.`;

export function hfFolder(source: ExportSource): ExportedFile[] {
  return [
    ...configFiles(source),
    // With our metadata beside "format", so that mini-llm opens it too.
    { name: 'model.safetensors', content: source.model.save() },
    { name: 'README.md', content: modelCard(source, 'transformers', USE) },
  ];
}

/** Fields that a program wants in config.json and tokenizer_config.json beside ours. */
export interface MoreFields {
  config?: object;
  tokenizer?: object;
}

/** Configuration and tokenizer; throws if transformers have no such model. */
export function configFiles({ info }: ExportSource, more: MoreFields = {}): ExportedFile[] {
  const tokenizer = { ...tokenizerConfig(info), ...more.tokenizer };
  return [
    { name: 'config.json', content: jsonText({ ...hfConfig(info), ...more.config }) },
    { name: 'generation_config.json', content: jsonText(generationConfig(info)) },
    { name: 'tokenizer.json', content: tokenizerJson(info.merges ?? [], info) },
    { name: 'tokenizer_config.json', content: jsonText(tokenizer) },
  ];
}

/** Our own models have no token that begins or ends a text; imported ones may have several that end it. */
function specialTokens({ merges = [], extra_tokens = [] }: CheckpointInfo): object {
  const ends = extra_tokens.flatMap(({ kind }, i) =>
    kind === 'end' ? [BYTE_VOCABULARY + merges.length + i] : [],
  );
  return { bos_token_id: null, eos_token_id: ends.length > 1 ? ends : (ends[0] ?? null), pad_token_id: null };
}

/** config.json; throws if transformers have no such model. */
function hfConfig(info: CheckpointInfo): object {
  const { config: c } = info;
  const { architecture, activation, fields } = HF_MODELS[c.arch];
  if (c.activation !== activation)
    throw new Error(
      `Hugging Face’s ${architecture} has no activation ${c.activation}, only ${activation}; export safetensors instead.`,
    );
  return {
    architectures: [architecture],
    model_type: c.arch,
    vocab_size: c.vocab_size,
    ...fields(c),
    ...specialTokens(info),
    tie_word_embeddings: c.tie_word_embeddings,
    dtype: 'float32',
    torch_dtype: 'float32',
  };
}

interface HfModel {
  architecture: string;
  /** Our name of the activation that the fields state. */
  activation: string;
  fields: (config: ModelConfig) => object;
}

const HF_MODELS: Readonly<Record<ModelConfig['arch'], HfModel>> = {
  gpt2: {
    architecture: 'GPT2LMHeadModel',
    activation: 'gelu',
    fields: (c) => ({
      n_positions: c.seq_len,
      n_ctx: c.seq_len, // llama.cpp and MLX read this one
      n_embd: c.n_embd,
      n_layer: c.n_layer,
      n_head: c.n_head,
      n_inner: c.n_inner,
      activation_function: 'gelu_new',
      layer_norm_epsilon: 1e-5,
      attn_pdrop: 0,
      embd_pdrop: 0,
      resid_pdrop: 0,
    }),
  },
  qwen3: {
    architecture: 'Qwen3ForCausalLM',
    activation: 'swiglu',
    fields: (c) => ({
      hidden_size: c.n_embd,
      intermediate_size: c.n_inner,
      num_hidden_layers: c.n_layer,
      num_attention_heads: c.n_head,
      num_key_value_heads: c.n_kv_head,
      head_dim: c.head_dim,
      hidden_act: 'silu',
      rms_norm_eps: 1e-6,
      max_position_embeddings: c.seq_len,
      attention_bias: false,
      attention_dropout: 0,
      rope_theta: c.rope_theta, // MLX and transformers 4
      rope_parameters: { rope_type: 'default', rope_theta: c.rope_theta }, // transformers 5
      // Past seq_len each token sees the last seq_len tokens, as in our cache.
      use_sliding_window: true,
      sliding_window: c.seq_len,
      max_window_layers: 0,
    }),
  },
};

/** Learned positions end at seq_len; rotary ones go on. */
function generationConfig(info: CheckpointInfo): object {
  const { arch, seq_len } = info.config;
  const length = arch === 'gpt2' ? { max_length: seq_len } : { max_new_tokens: 4 * seq_len };
  return { ...specialTokens(info), do_sample: true, temperature: 0.8, top_k: 40, ...length };
}

/** The class is named, because AutoTokenizer would take the architecture's own, which splits text differently. */
function tokenizerConfig({ config, extra_tokens = [] }: CheckpointInfo): object {
  const end = extra_tokens.find(({ kind }) => kind === 'end');
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(end ? { eos_token: end.text } : {}),
    model_max_length: config.seq_len,
    model_input_names: ['input_ids', 'attention_mask'],
    clean_up_tokenization_spaces: false,
    chat_template: '{% for message in messages %}{{ message.content }}{% endfor %}',
  };
}
