// Damaged and unsuitable folders: each is refused with a sentence that names what is wrong, and nothing ever traps.

import type { Engine } from '../web/engine/engine.ts';
import { importModel, type ModelPart } from '../web/engine/import/import.ts';
import { tokenizerJson } from '../web/engine/tokenizer-json.ts';
import { sharedEngine } from './helpers/engine.ts';
import {
  BYTES,
  foreignTokenizer,
  folderOf,
  GPT2,
  part,
  plain,
  QWEN3,
  safetensors,
  shards,
  weightsFor,
  withHeader,
} from './helpers/hf.ts';
import type { Values } from './helpers/arrays.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await sharedEngine();
});

/** The sentence with which a folder is refused; throws if it opens. */
async function refusal(parts: readonly ModelPart[]): Promise<string> {
  try {
    engine.loadModel((await importModel(parts)).bytes).delete();
  } catch (error) {
    // A trap would be another error than the core's and ours.
    expect((error as Error).constructor.name).toBe('Error');
    expect((error as Error).message).toMatch(/^[“A-Z a-z][^\n]*\.$/);
    return (error as Error).message;
  }
  throw new Error('It was opened.');
}

const gpt2 = weightsFor(GPT2);
const qwen3 = weightsFor(QWEN3);
const zeros = (...shape: number[]): Values => ({
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const without = (name: string): Map<string, Values> => new Map([...gpt2].filter(([each]) => each !== name));

describe('config.json', () => {
  test.each<[string, object, RegExp]>([
    [
      'another architecture',
      { model_type: 'llama' },
      /^This is a model of the type “llama”; mini-llm opens GPT-2 \(gpt2\) and Qwen3/,
    ],
    ['no type', { model_type: undefined }, /does not say its model_type/],
    ['the name of a method', { model_type: 'toString' }, /of the type “toString”/],
    [
      'a classifier',
      { architectures: ['GPT2ForSequenceClassification'] },
      /This is a GPT2ForSequenceClassification, which/,
    ],
    [
      'another activation',
      { activation_function: 'relu' },
      /activation_function is "relu"; mini-llm computes GPT-2 with "gelu_new" or/,
    ],
    [
      'another epsilon',
      { layer_norm_epsilon: 1e-3 },
      /layer_norm_epsilon is 0.001; mini-llm computes GPT-2 with 0.00001 only/,
    ],
    [
      'scaling by layer',
      { scale_attn_by_inverse_layer_idx: true },
      /scale_attn_by_inverse_layer_idx is true/,
    ],
    ['quantized weights', { quantization_config: { bits: 4 } }, /quantization_config is \{"bits":4\}/],
    ['no width', { n_embd: undefined }, /config\.json lacks n_embd\./],
    ['a text for a number', { n_layer: '2' }, /n_layer is "2", and not a whole number from 1 on/],
    ['zero heads', { n_head: 0 }, /n_head is 0, and not a whole number/],
    [
      'heads that do not divide the width',
      { n_head: 5 },
      /n_embd is 24, which is no multiple of n_head, 5\./,
    ],
    ['too many layers', { n_layer: 100_000 }, /n_layer is 100000; mini-llm’s models have at most 256/],
    [
      'too many tokens',
      { vocab_size: 300_000 },
      /vocab_size is 300000; mini-llm’s models have at most 262144/,
    ],
    [
      'more than memory holds',
      { n_embd: 16_384, n_head: 64, n_layer: 256 },
      /This model has 824\.7 billion parameters, which take .* of memory/,
    ],
    [
      'another vocabulary',
      { vocab_size: 300 },
      /tensor “wte\.weight” has the shape \[256, 24\], but config\.json asks for \[300, 24\]/,
    ],
    [
      'an untied head that is missing',
      { tie_word_embeddings: false },
      /“lm_head\.weight” is missing, though config\.json’s tie_word_embeddings is false/,
    ],
    [
      'a flag that is none',
      { tie_word_embeddings: 'no' },
      /tie_word_embeddings is "no", neither true nor false/,
    ],
  ])('with %s is refused', async (_what, change, sentence) => {
    expect(await refusal(plain({ ...GPT2, ...change }, gpt2))).toMatch(sentence);
  });

  test.each<[string, object, RegExp]>([
    [
      'scaled positions',
      { rope_scaling: { type: 'yarn', factor: 4 } },
      /rope_scaling asks for "yarn" positions/,
    ],
    [
      'scaled positions of transformers 5',
      { rope_parameters: { rope_type: 'linear' } },
      /rope_parameters asks for "linear"/,
    ],
    ['biases', { attention_bias: true }, /attention_bias is true/],
    [
      'another epsilon',
      { rms_norm_eps: 1e-5 },
      /rms_norm_eps is 0.00001; mini-llm computes Qwen3 with 0.000001 only/,
    ],
    [
      'windows in some layers',
      { use_sliding_window: true, sliding_window: 8, max_window_layers: 1 },
      /some layers see all tokens/,
    ],
    [
      'windows in some layers of transformers 5',
      { use_sliding_window: true, sliding_window: 8, layer_types: ['full_attention', 'sliding_attention'] },
      /some layers see all tokens/,
    ],
    [
      'heads that share unevenly',
      { num_key_value_heads: 3 },
      /num_attention_heads is 4, which is no multiple of num_key_value_heads, 3/,
    ],
    ['odd heads', { head_dim: 9 }, /has the shape|head_dim must be even/],
    ['a theta of text', { rope_theta: 'x' }, /rope_theta is "x"/],
    ['huge heads', { head_dim: 100_000 }, /head_dim 100000; mini-llm’s models have at most 1024/],
  ])('of a Qwen3 with %s is refused', async (_what, change, sentence) => {
    expect(await refusal(plain({ ...QWEN3, ...change }, qwen3))).toMatch(sentence);
  });

  test('that is no JSON, or no object, or missing, is refused', async () => {
    const [, ...rest] = plain(GPT2, gpt2);
    expect(await refusal([part('config.json', '{"a":'), ...rest])).toBe('config.json is not valid JSON.');
    expect(await refusal([part('config.json', '[1]'), ...rest])).toBe('config.json is not a JSON object.');
    expect(await refusal(rest)).toMatch(/^config\.json is missing/);
    expect(await refusal([part('a/config.json', GPT2), part('b/config.json', GPT2)])).toMatch(
      /several models: a\/config.json and b/,
    );
  });

  test.each([
    ['a window in all layers', { use_sliding_window: true, sliding_window: 8, max_window_layers: 0 }, 8],
    ['a window that no layer has', { use_sliding_window: true, sliding_window: 8, max_window_layers: 2 }, 40],
    ['a context past 2048', { max_position_embeddings: 40_960 }, 2048],
  ])('of a Qwen3 with %s gives the context', async (_what, change, seq_len) => {
    const { bytes, notes } = await importModel(plain({ ...QWEN3, ...change }, qwen3));
    expect(engine.checkpointInfo(bytes).config.seq_len).toBe(seq_len);
    expect(notes).toHaveLength(seq_len === 2048 ? 1 : 0);
  });
});

describe('weights', () => {
  const weights = safetensors(gpt2);
  const header = (change: object): Uint8Array => {
    const length = Number(Buffer.from(weights).readBigUInt64LE());
    const old = JSON.parse(Buffer.from(weights.subarray(8, 8 + length)).toString()) as object;
    return withHeader({ ...old, ...change }, weights.subarray(8 + length));
  };
  const file = (content: Uint8Array, name = 'model.safetensors'): ModelPart[] =>
    folderOf(GPT2, [part(name, content)]);
  const place = { shape: [24], data_offsets: [0, 96] };

  test.each<[string, ModelPart[], RegExp]>([
    ['no file', folderOf(GPT2, []), /^model\.safetensors is missing; save the model with/],
    [
      'a file of pickles',
      folderOf(GPT2, [part('pytorch_model.bin', 'x')]),
      /missing, and pytorch_model\.bin cannot be read/,
    ],
    ['an empty file', file(new Uint8Array(0)), /model\.safetensors is only 0 bytes long/],
    [
      'half a file',
      file(weights.subarray(0, weights.length / 2)),
      /lies beyond the end of the file, which is incomplete/,
    ],
    [
      'half a header',
      file(weights.subarray(0, 100)),
      /only the beginning of one: its header would take \d+ bytes/,
    ],
    [
      'another file',
      file(new TextEncoder().encode('no model at all, only a text')),
      /is no safetensors file/,
    ],
    [
      'a header that is no JSON',
      file(withHeaderText('{"a":')),
      /The header of model\.safetensors is not valid JSON/,
    ],
    [
      'a missing tensor',
      plain(GPT2, without('h.1.ln_2.bias')),
      /^The tensor “h\.1\.ln_2\.bias” is missing\.$/,
    ],
    [
      'an unknown tensor',
      plain(GPT2, new Map(gpt2).set('score.weight', zeros(2))),
      /holds the tensor “score\.weight”, which a model/,
    ],
    ['a layer too many', plain(GPT2, new Map(gpt2).set('h.2.ln_1.bias', zeros(24))), /“h\.2\.ln_1\.bias”/],
    [
      'a wrong shape',
      plain(GPT2, new Map(gpt2).set('ln_f.bias', zeros(25))),
      /“ln_f\.bias” has the shape \[25\], but config\.json asks for \[24\]/,
    ],
    [
      'a transposed matrix',
      plain(GPT2, new Map(gpt2).set('h.0.mlp.c_fc.weight', zeros(96, 24))),
      /the shape \[96, 24\]/,
    ],
    [
      'both names of a tensor',
      plain(GPT2, new Map(gpt2).set('transformer.ln_f.bias', zeros(24))),
      /“ln_f\.bias” occurs twice/,
    ],
    [
      'another type',
      file(header({ 'ln_f.bias': { dtype: 'F8_E4M3', ...place } })),
      /“ln_f\.bias” in model\.safetensors is of type F8_E4M3; F32, F16, BF16/,
    ],
    [
      'a size that does not fit',
      file(header({ 'ln_f.bias': { dtype: 'F16', ...place } })),
      /has 96 bytes, which does not fit its shape \[24\] of F16/,
    ],
    [
      'a negative offset',
      file(header({ 'ln_f.bias': { dtype: 'F32', shape: [24], data_offsets: [-96, 0] } })),
      /lacks a dtype, shape or data_offsets/,
    ],
    [
      'offsets past all numbers',
      file(header({ 'ln_f.bias': { dtype: 'F32', shape: [24], data_offsets: [0, 1e300] } })),
      /lacks a dtype, shape or data_offsets/,
    ],
    [
      'an impossible shape',
      file(header({ 'ln_f.bias': { dtype: 'F32', shape: [2 ** 50, 2 ** 50], data_offsets: [0, 4] } })),
      /does not fit its shape/,
    ],
    [
      'several files',
      folderOf(GPT2, [part('a.safetensors', weights), part('b.safetensors', weights)]),
      /several weight files \(a\.safetensors, b\.safetensors\)/,
    ],
  ])('with %s are refused', async (_what, parts, sentence) => {
    expect(await refusal(parts)).toMatch(sentence);
  });

  test('in shards with one missing, truncated or double are refused', async () => {
    const parts = shards(gpt2, 'F32', 3);
    const less = parts.filter(({ path }) => !path.startsWith('model-00002'));
    expect(await refusal(folderOf(GPT2, less))).toMatch(
      /^model-00002-of-00003\.safetensors is missing; model\.safetensors\.index\.json says/,
    );
    const noIndex = less.filter(({ path }) => !path.endsWith('.json'));
    expect(await refusal(folderOf(GPT2, noIndex))).toMatch(/^model-00002-of-00003\.safetensors is missing/);
    const cut = await Promise.all(
      parts.map(async (each, i) =>
        i === 1 ? part(each.path, (await each.read(0, each.size)).subarray(0, each.size - 4)) : each,
      ),
    );
    expect(await refusal(folderOf(GPT2, cut))).toMatch(
      /in model-00002-of-00003\.safetensors lies beyond the end/,
    );
    const double = parts.map((each, i) => (i === 1 ? part(each.path, safetensors(gpt2)) : each));
    expect(await refusal(folderOf(GPT2, double))).toMatch(
      /is in both model-00001-of-00003\.safetensors and model-00002/,
    );
    expect(await refusal(folderOf(GPT2, [part('model.safetensors.index.json', {})]))).toMatch(
      /has no weight_map/,
    );
  });

  test('without an index, complete shards open', async () => {
    const parts = shards(gpt2, 'F32', 3).filter(({ path }) => !path.endsWith('.json'));
    const { bytes } = await importModel(folderOf(GPT2, parts));
    expect(engine.checkpointInfo(bytes).tensors).toHaveLength(gpt2.size);
  });
});

function withHeaderText(text: string): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, Buffer.from(text)]));
}

describe('tokenizer.json', () => {
  const merges: [number, number][] = [
    [97, 98],
    [256, 99],
  ];
  const { json, size } = foreignTokenizer(merges, [{ content: '<end>' }], false);
  const good = JSON.parse(json) as Record<string, unknown> & {
    model: { vocab: Record<string, number>; merges: unknown[] };
  };
  const config = { ...GPT2, vocab_size: size };
  const weights = weightsFor(config);
  const added = good['added_tokens'] as object[];
  const withVocab = (change: (vocab: Record<string, number>) => void): object => {
    const vocab = { ...good.model.vocab };
    change(vocab);
    return { model: { ...good.model, vocab } };
  };
  const withModel = (change: object): object => ({ model: { ...good.model, ...change } });

  test.each<[string, object, RegExp]>([
    [
      'another type',
      withModel({ type: 'WordPiece' }),
      /of the type "WordPiece"; mini-llm opens byte-level BPE/,
    ],
    ['fallback bytes', withModel({ byte_fallback: true }), /sets byte_fallback/],
    ['suffixes', withModel({ end_of_word_suffix: '</w>' }), /sets end_of_word_suffix/],
    ['no vocabulary', withModel({ vocab: null }), /no vocabulary/],
    ['no merges', withModel({ merges: undefined }), /no merges/],
    ['a merge of three', withModel({ merges: ['a b c'] }), /merge 0 is "a b c", and not a pair/],
    ['a merge of numbers', withModel({ merges: [[1, 2]] }), /merge 0 is \[1,2\], and not a pair/],
    [
      'a merge too early',
      withModel({ merges: ['ab c', 'a b'] }),
      /merge 0 joins “ab”, which no earlier merge makes/,
    ],
    ['a merge twice', withModel({ merges: ['a b', 'a b'] }), /merges make “ab” twice/],
    [
      'a merge without a token',
      withModel({ merges: ['a b', 'b c'] }),
      /vocabulary lacks “bc”, which its merges make/,
    ],
    ['a missing byte', withVocab((v) => delete v['a']), /vocabulary lacks “a”, a byte/],
    ['an id twice', withVocab((v) => (v['a'] = v['b']!)), /two tokens the id \d+/],
    [
      'an id of text',
      withVocab((v) => (v['a'] = 'x' as unknown as number)),
      /the token “a” the id "x", which is none/,
    ],
    [
      'an id past the weights',
      withVocab((v) => (v['a'] = 9999)),
      /the token “a” the id 9999, but config\.json’s vocab_size is 259/,
    ],
    ['lower-casing', { normalizer: { type: 'Lowercase' } }, /normalizer "Lowercase"/],
    [
      'several normalizers',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Strip' }] } },
      /normalizer "Strip"/,
    ],
    ['another split', { pre_tokenizer: { type: 'Whitespace' } }, /no ByteLevel pre-tokenizer/],
    [
      'an unknown pattern',
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: '\\w+' }, behavior: 'Isolated' },
            { type: 'ByteLevel', use_regex: false },
          ],
        },
      },
      /words by “\\w\+”; mini-llm knows GPT-2’s and Qwen’s/,
    ],
    [
      'digits apart',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits' }, { type: 'ByteLevel' }] } },
      /words by “Digits”/,
    ],
    [
      'a space before each text',
      { pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } },
      /sets add_prefix_space/,
    ],
    [
      'tokens that strip',
      { added_tokens: [{ ...added[0], lstrip: true }] },
      /’s token “<end>” has the flag lstrip/,
    ],
    ['an added token without an id', { added_tokens: [{ content: 'x' }] }, /has no id or no content/],
    ['added tokens that are no list', { added_tokens: {} }, /added_tokens are no list/],
    [
      'an added token that merges make',
      { added_tokens: [{ ...added[0], content: 'ab' }] },
      /adds the token “ab” that its merges make too/,
    ],
    ['the same added token twice', { added_tokens: [added[0], { ...added[0], id: 5000 }] }, /opened/],
  ])('with %s is refused', async (what, change, sentence) => {
    const parts = plain(config, weights, { ...good, ...change });
    if (what.startsWith('the same')) {
      const { notes } = await importModel(parts);
      expect(notes.join()).toMatch(
        /no rows for these tokens of tokenizer\.json, which are left out: “<end>”/,
      );
      return;
    }
    expect(await refusal(parts)).toMatch(sentence);
  });

  test('that is missing or of a larger vocabulary is refused', async () => {
    expect(await refusal(plain(GPT2, gpt2).filter(({ path }) => path !== 'tokenizer.json'))).toMatch(
      /^tokenizer\.json is missing/,
    );
    expect(await refusal(plain(GPT2, gpt2, tokenizerJson(merges)))).toMatch(/vocab_size is 256/);
    expect(BYTES).toContain('"vocab"');
  });

  test('with any byte changed opens or is refused with a sentence', async () => {
    let [opened, refused] = [0, 0];
    for (let at = 0; at < json.length; at += 41) {
      const changed = `${json.slice(0, at)}${String.fromCharCode(33 + (at % 90))}${json.slice(at + 1)}`;
      const end = await importModel(plain(config, weights, changed)).then(
        ({ bytes }) => engine.loadModel(bytes).delete(),
        (error: Error) => error.message,
      );
      if (end === undefined) opened++;
      else expect(end).toMatch(/^tokenizer\.json|^config\.json/);
      refused += end === undefined ? 0 : 1;
    }
    expect(opened).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(50);
  });
});
