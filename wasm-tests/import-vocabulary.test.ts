// A vocabulary as large as Qwen3's own: 151,643 tokens of bytes and merges, some added ones, and rows without a token.

import { Tokenizer as Reference } from 'tokenizers';
import { sampleOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { exportModel } from '../web/engine/export/export.ts';
import { importModel } from '../web/engine/import/import.ts';
import { prepareFinetune } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { tensorsOf } from './helpers/arrays.ts';
import { sharedEngine, spoken, tiny } from './helpers/engine.ts';
import { foreignTokenizer, part, plain, QWEN3, weightsFor } from './helpers/hf.ts';
import { english, FRENCH, KOREAN } from './helpers/texts.ts';

const MERGES = 151_387;
const ROWS = 151_936;
const TEXT = `${english(2000)}${FRENCH}${KOREAN}<|im_end|>`;

/** All pairs of bytes, then each of them with one byte more. */
const merges = Array.from({ length: MERGES }, (_, i): [number, number] =>
  i < 65_536 ? [i % 256, i >> 8] : [256 + ((i - 65_536) % 65_536), 97 + ((i - 65_536) >> 16)],
);
const { json, size } = foreignTokenizer(
  merges,
  [{ content: '<|endoftext|>' }, { content: '<|im_end|>' }],
  true,
);
const config = { ...QWEN3, vocab_size: ROWS, eos_token_id: size - 1, tie_word_embeddings: true };
const folder = plain(config, weightsFor(config), json);

let engine: Engine;
let file: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  engine = await sharedEngine();
  file = (await importModel(folder)).bytes;
});

test('texts have Hugging Face’s tokens, also those past 65,535', async () => {
  using model = engine.loadModel(file);
  expect(model.tokenizer().vocabSize()).toBe(ROWS);
  const theirs = (await Reference.fromString(json).encode(TEXT, null, { addSpecialTokens: false })).getIds();
  const ours = model.tokenizer().encode(TEXT);
  expect(Math.max(...ours)).toBeGreaterThan(65_535);
  const rows = tensorsOf(file).get('model.embed_tokens.weight')!.values;
  const originals = weightsFor(config).get('model.embed_tokens.weight')!.values;
  const row = (values: Float32Array, id: number): Float32Array => values.subarray(24 * id, 24 * (id + 1));
  expect(Array.from(ours, (id) => row(rows, id))).toEqual(theirs.map((id) => row(originals, id)));
});

test('it generates, learns with adapters, and goes on generating', async () => {
  using model = engine.loadModel(file);
  const greedy = sampleOptions(tiny({ temp: 0, max_new_tokens: 5 }));
  expect((await spoken(engine, model, greedy, 'the')).tokens).toBe(5);
  const options = { max_steps: 3, batch_size: 2, eval_every: 0, warmup_steps: 0, lora_rank: 2 };
  const run = new Run(engine, prepareFinetune(engine, file, options, makeCorpus(TEXT)));
  expect((await run.start()).event).toBe('done');
  expect((await spoken(engine, run.model, greedy, 'the')).tokens).toBe(5);
  await run.delete();
});

test('it comes back from its folder of Hugging Face’s as it went', async () => {
  const { files } = exportModel(engine, file, { to: 'hf', name: 'large' });
  const again = await importModel(files.map(({ name, content }) => part(name, content)));
  expect(engine.checkpointInfo(again.bytes).config).toEqual(engine.checkpointInfo(file).config);
  expect(tensorsOf(again.bytes).get('model.embed_tokens.weight')).toEqual(
    tensorsOf(file).get('model.embed_tokens.weight'),
  );
});
