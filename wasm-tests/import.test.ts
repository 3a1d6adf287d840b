// Models of other programs: folders as Hugging Face's libraries save them, opened by mini-llm.

import fs from 'node:fs';
import path from 'node:path';
import { Tokenizer as Reference } from 'tokenizers';
import { sampleOptions } from '../web/engine/convert.ts';
import type { Model } from '../web/engine/core-objects.ts';
import type { Engine } from '../web/engine/engine.ts';
import { exportModel } from '../web/engine/export/export.ts';
import { importModel, type ModelPart } from '../web/engine/import/import.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareFinetune } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import { sharedScratch } from './helpers/cli.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import {
  foreignTokenizer,
  folderOf,
  GPT2,
  part,
  plain,
  QWEN3,
  rounded,
  safetensors,
  shards,
  weightsFor,
  type NumberType,
} from './helpers/hf.ts';
import { tensorsOf } from './helpers/arrays.ts';
import { onnxLogits, testWithEachPython, testWithReader, torchLogits, written } from './helpers/readers.ts';
import { FRENCH, KOREAN, english } from './helpers/texts.ts';

const withPython = testWithEachPython();
const withOnnx = testWithReader('onnxruntime-node');
const folder = sharedScratch();
const TEXT = english(3000);
const ODD_TEXT = `${english(200)} It’s 1984, ISN'T it?\r\n\r\n  x\t${FRENCH}${KOREAN} <|endoftext|>\n\n 'S 12½٣٤ !!!\n\n a  \n`;

let engine: Engine;
/** A vocabulary of byte pairs, learned from the text. */
let merges: [number, number][];
beforeAll(async () => {
  engine = await sharedEngine();
  const { run } = await trained(engine, TEXT, tiny({ tokenizer: 'bpe', vocab_size: 300, max_steps: 1 }));
  merges = run.model.tokenizer().merges();
  await run.delete();
});

const opened = async (parts: readonly ModelPart[]): Promise<Model> =>
  engine.loadModel((await importModel(parts)).bytes);

const greedy = async (model: Model, prompt: string): Promise<string> =>
  (await spoken(engine, model, sampleOptions(tiny({ temp: 0, max_new_tokens: 40 })), prompt)).text;

describe.each<[string, Partial<Options>]>([
  ['gpt2 on bytes', {}],
  [
    'gpt2 of odd sizes on byte pairs',
    { n_head: 1, n_embd: 36, seq_len: 48, tokenizer: 'bpe', vocab_size: 290 },
  ],
  [
    'qwen3 with grouped queries on byte pairs',
    { arch: 'qwen3', n_head: 4, n_kv_head: 2, n_embd: 32, tokenizer: 'bpe', vocab_size: 290 },
  ],
  ['qwen3 of odd sizes on bytes', { arch: 'qwen3', n_head: 1, n_embd: 36, seq_len: 48 }],
])('a folder that mini-llm has exported: %s', (_title, options) => {
  test('comes back with the same weights, tokens, logits and text', async () => {
    const { run } = await trained(engine, TEXT, tiny({ ...options, max_steps: 30 }));
    const file = run.save();
    using before = engine.loadModel(file);
    const parts = exportModel(engine, file, { to: 'hf', name: 'x' }).files.map(({ name, content }) =>
      part(`x/${name}`, content),
    );
    const { bytes, notes } = await importModel(parts);
    expect(notes).toEqual([]);
    using after = engine.loadModel(bytes);
    const { config, merges } = engine.checkpointInfo(file);
    expect(engine.checkpointInfo(bytes)).toMatchObject({ config, ...(merges ? { merges } : {}) });
    expect(tensorsOf(after.save())).toEqual(tensorsOf(before.save()));
    const ids = before.tokenizer().encode(TEXT).subarray(0, config.seq_len);
    expect(after.tokenizer().encode(ODD_TEXT)).toEqual(before.tokenizer().encode(ODD_TEXT));
    expect(after.logits(ids)).toEqual(before.logits(ids));
    expect(await greedy(after, 'the cat')).toBe(await greedy(before, 'the cat'));
    await run.delete();
  });
});

describe.each([
  ['GPT-2', GPT2],
  ['Qwen3 with wide heads and an untied head', QWEN3],
])('%s', (_title, config) => {
  const tensors = weightsFor(config);
  const ids = Uint32Array.from({ length: 20 }, (_, i) => (i * 37) % 256);

  test.each<[NumberType, number]>([
    ['F16', 1],
    ['BF16', 3],
    ['F32', 2],
  ])('opens as %s in %i files, as the float32 of the rounded numbers', async (type, count) => {
    const exact = new Map(
      [...tensors].map(([name, { shape, values }]) => [
        name,
        { shape, values: values.map((value) => rounded(value, type)) },
      ]),
    );
    using ours = await opened(folderOf(config, shards(tensors, type, count)));
    using expected = await opened(plain(config, exact));
    expect(tensorsOf(ours.save())).toEqual(exact);
    expect(ours.logits(ids)).toEqual(expected.logits(ids));
  });

  test('opens under the names of each of transformers’ classes', async () => {
    const renamed = new Map(
      [...tensors].map(([name, values]) => [
        config === GPT2 ? `transformer.${name}` : name.replace(/^model\./, ''),
        values,
      ]),
    );
    using ours = await opened(plain(config, renamed));
    using expected = await opened(plain(config, tensors));
    expect(ours.logits(ids)).toEqual(expected.logits(ids));
  });

  test.each<Partial<Options>>([{}, { lora_rank: 2 }])('learns another text with %j', async (given) => {
    const { bytes } = await importModel(plain(config, tensors));
    const corpus = makeCorpus(TEXT);
    const few = { max_steps: 30, batch_size: 4, eval_every: 0, warmup_steps: 2, lr: 0.01, ...given };
    const run = new Run(engine, prepareFinetune(engine, bytes, few, corpus));
    expect((await run.start()).event).toBe('done');
    expect(run.progress.train_loss).toBeLessThan(5); // chance is 5.5 nats
    using model = engine.loadModel(run.save());
    expect(model.config()).toEqual(engine.checkpointInfo(bytes).config);
    await run.delete();
  });

  withOnnx('onnxruntime computes the same logits from its export', async () => {
    const { bytes } = await importModel(plain(config, tensors));
    const place = written(
      exportModel(engine, bytes, { to: 'onnx', name: `of-${config.model_type}` }),
      folder,
    );
    const request = { texts: [[...ids]], pieces: [1, ids.length - 1] };
    const theirs = (await onnxLogits(path.join(place, 'model.onnx'), [request]))[0]![0]!.flat();
    using model = engine.loadModel(bytes);
    const distances = [...model.logits(ids)].map((logit, i) => Math.abs(logit - theirs[i]!));
    expect(theirs).toHaveLength(distances.length);
    expect(Math.max(...distances)).toBeLessThan(1e-4);
  });

  test.each(['hf', 'gguf', 'npz'] as const)('can be exported to %s', async (to) => {
    const { bytes } = await importModel(plain(config, tensors));
    const { files } = exportModel(engine, bytes, { to, name: 'again' });
    if (to !== 'hf') return expect(files[0]!.content.length).toBeGreaterThan(bytes.length / 2);
    const again = await importModel(files.map(({ name, content }) => part(name, content)));
    expect(tensorsOf(again.bytes)).toEqual(tensorsOf(bytes));
    expect(engine.checkpointInfo(again.bytes).config).toEqual(engine.checkpointInfo(bytes).config);
  });
});

describe('of GPT-2', () => {
  const tensors = weightsFor(GPT2);

  test('masks and a repeated tied head are ignored', async () => {
    const more = new Map(tensors);
    for (const i of [0, 1])
      more.set(`h.${i}.attn.bias`, { shape: [1, 1, 2, 2], values: new Float32Array(4) });
    more.set('h.0.attn.masked_bias', { shape: [], values: new Float32Array(1) });
    more.set('lm_head.weight', tensors.get('wte.weight')!);
    const { bytes } = await importModel(plain(GPT2, more));
    expect(tensorsOf(bytes)).toEqual(tensors);
  });

  test('a shorter context keeps the first positions', async () => {
    const { bytes } = await importModel(plain(GPT2, tensors), { seq_len: 8 });
    const [wpe, whole] = [tensorsOf(bytes).get('wpe.weight')!, tensors.get('wpe.weight')!];
    expect(wpe).toEqual({ shape: [8, 24], values: whole.values.slice(0, 8 * 24) });
    expect(engine.checkpointInfo(bytes).config.seq_len).toBe(8);
    await expect(importModel(plain(GPT2, tensors), { seq_len: 33 })).rejects.toThrow(
      'seq_len 33 is longer than the model’s context of 32 tokens',
    );
  });

  withPython('PyTorch computes the same logits from the files in F32, F16 and BF16', async (python) => {
    const ids = Array.from({ length: 30 }, (_, i) => (i * 41) % 256);
    for (const type of ['F32', 'F16', 'BF16'] satisfies NumberType[]) {
      const place = fs.mkdtempSync(path.join(folder, type));
      fs.writeFileSync(path.join(place, 'config.json'), JSON.stringify(GPT2));
      const weights = safetensors(tensors, type);
      fs.writeFileSync(path.join(place, 'model.safetensors'), weights);
      using model = await opened(folderOf(GPT2, [part('model.safetensors', weights)]));
      const [theirs] = await torchLogits(python, place, [ids]);
      const ours = model.logits(Uint32Array.from(ids));
      const distances = theirs!.flat().map((logit, i) => Math.abs(logit - ours[i]!));
      expect(distances).toHaveLength(30 * 256);
      expect(Math.max(...distances)).toBeLessThan(1e-4);
    }
  });
});

describe.each([
  ['GPT-2’s', GPT2, false],
  ['Qwen’s', QWEN3, true],
] as const)('with tokens numbered and split as %s', (_title, config, qwen) => {
  const added = [
    { content: '<|endoftext|>' },
    { content: '<|im_end|>' },
    { content: '<think>', special: false },
  ];
  const setUp = () => {
    const { json, size } = foreignTokenizer(merges, added, qwen);
    const end = size - 3;
    const whole = { ...config, vocab_size: size + 5, eos_token_id: end };
    return { json, size, end, whole, tensors: weightsFor(whole) };
  };

  test('each text has Hugging Face’s tokens, and they have the same logits', async () => {
    const { json, size, whole, tensors } = setUp();
    const table = qwen ? 'model.embed_tokens.weight' : 'wte.weight';
    using model = await opened(plain(whole, tensors, json));
    const reference = Reference.fromString(json);
    for (const text of [ODD_TEXT, `a<|im_end|>b<think>c<|endoftext|>`, TEXT]) {
      const ids = (await reference.encode(text, null, { addSpecialTokens: false })).getIds();
      const ours = model.tokenizer().encode(text);
      expect(ours).toHaveLength(ids.length);
      // Row by row the embeddings are those of Hugging Face's tokens.
      const rows = tensorsOf(model.save()).get(table)!.values;
      const theirs = tensors.get(table)!.values;
      ids.forEach((id, i) => {
        expect(rows.subarray(24 * ours[i]!, 24 * ours[i]! + 24)).toEqual(
          theirs.subarray(24 * id, 24 * id + 24),
        );
      });
      const decoded = Buffer.concat([...ours].map((id) => model.tokenizer().decode(id))).toString();
      expect(decoded).toBe(text);
    }
    expect(model.tokenizer().vocabSize()).toBe(size + 5);
  });

  test('exported again, the tokens are the same, and so is the end of a text', async () => {
    const { json, whole, tensors } = setUp();
    const { bytes } = await importModel(plain(whole, tensors, json));
    using model = engine.loadModel(bytes);
    const { files } = exportModel(engine, bytes, { to: 'hf', name: 'x' });
    const again = await importModel(files.map(({ name, content }) => part(name, content)));
    expect(tensorsOf(again.bytes)).toEqual(tensorsOf(bytes));
    const { extra_tokens, split, merges } = engine.checkpointInfo(bytes);
    expect(engine.checkpointInfo(again.bytes)).toMatchObject({
      extra_tokens,
      merges,
      ...(split ? { split } : {}),
    });
    const exported = files.find(({ name }) => name === 'tokenizer.json')!.content as string;
    const ids = (
      await Reference.fromString(exported).encode(ODD_TEXT, null, { addSpecialTokens: false })
    ).getIds();
    expect([...model.tokenizer().encode(ODD_TEXT)]).toEqual(ids);
  });

  test('generation_config.json’s ends count before config.json’s', async () => {
    const { json, end, whole, tensors } = setUp();
    const parts = [
      ...plain(whole, tensors, json),
      part('generation_config.json', { eos_token_id: [end + 1, end] }),
    ];
    const { bytes } = await importModel(parts);
    expect(engine.checkpointInfo(bytes).extra_tokens).toEqual([
      { text: '<|endoftext|>', kind: 'end' },
      { text: '<|im_end|>', kind: 'end' },
      { text: '<think>', kind: 'text' },
      ...Array.from({ length: 5 }, () => ({ text: '', kind: 'unused' })),
    ]);
    using model = engine.loadModel(bytes);
    const text = await greedy(model, 'the');
    expect(text).not.toContain('<|');
  });
});

test('texts that the splits cut at odd places have Hugging Face’s tokens', async () => {
  const { json, size } = foreignTokenizer(merges, [], true);
  const whole = { ...QWEN3, vocab_size: size };
  using model = await opened(plain(whole, weightsFor(whole), json));
  const reference = Reference.fromString(json);
  const rows = tensorsOf(model.save()).get('model.embed_tokens.weight')!.values;
  const theirs = weightsFor(whole).get('model.embed_tokens.weight')!.values;
  const pieces = [
    ' ',
    '\n',
    '\r',
    '\t',
    '\u00a0',
    'a',
    'the',
    "'",
    "'s",
    "'S",
    "'ſ",
    'LL',
    '1',
    '½',
    '٣',
    '.',
    '!?',
    'é',
    '学',
    '한',
    '🙂',
    '\u2028',
    '_',
  ];
  let state = 7;
  const next = (n: number): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % n;
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: 1 + next(9) }, () => pieces[next(pieces.length)]!)
      .join('')
      .normalize('NFC');
    const ids = (await reference.encode(text, null, { addSpecialTokens: false })).getIds();
    const ours = model.tokenizer().encode(text);
    const same = ids.length === ours.length && ids.every((id, i) => rows[24 * ours[i]!] === theirs[24 * id]);
    if (!same) throw new Error(`${JSON.stringify(text)}: ${ids.join()} and ${ours.join()}`);
  }
});
