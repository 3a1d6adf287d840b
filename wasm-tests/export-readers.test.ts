// Exported models in the programs that they are for: llama.cpp, onnxruntime, transformers.js, Hugging Face's tokenizers,
// PyTorch and numpy.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer as Reference } from 'tokenizers';
import { sampleOptions } from '../web/engine/convert.ts';
import type { Engine } from '../web/engine/engine.ts';
import { exportModel, type ExportRequest } from '../web/engine/export/export.ts';
import type { Model } from '../web/engine/core-objects.ts';
import type { Options } from '../web/engine/options.ts';
import { sharedScratch } from './helpers/cli.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import {
  llama,
  numpyArrays,
  onnxLogits,
  testWithLlama,
  testWithOnnx,
  testWithPython,
  torchLogits,
  transformersJs,
  written,
  type OnnxRequest,
} from './helpers/readers.ts';
import { FRENCH, KOREAN, english } from './helpers/texts.ts';

const withLlama = testWithLlama();
const withOnnx = testWithOnnx();
const withPython = testWithPython();
const folder = sharedScratch();

/** Long enough to be learned by heart: then the next token is never a close call. */
const TEXT = english(600);
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
const LONGER = { ...LEARN, max_steps: 800 };

const MODELS: Record<string, Partial<Options>> = {
  'gpt2 on bytes': { ...LEARN, n_layer: 2, n_head: 4, n_embd: 64, seq_len: 128 },
  'qwen3 with grouped queries on byte pairs': {
    ...LEARN,
    arch: 'qwen3',
    n_layer: 2,
    n_head: 4,
    n_kv_head: 2,
    n_embd: 64,
    seq_len: 128,
    tokenizer: 'bpe',
    vocab_size: 290,
  },
  'gpt2 of odd sizes on byte pairs': {
    ...LONGER,
    n_head: 1,
    n_embd: 36,
    seq_len: 48,
    tokenizer: 'bpe',
    vocab_size: 290,
  },
  'qwen3 of odd sizes on bytes': { ...LONGER, arch: 'qwen3', n_head: 1, n_embd: 36, seq_len: 48 },
};

describe.each(Object.entries(MODELS))('%s', (title, options) => {
  const name = title.replaceAll(' ', '-');
  let engine: Engine;
  let file: Uint8Array;
  let model: Model;

  beforeAll(async () => {
    engine = await sharedEngine();
    const { run } = await trained(engine, TEXT, tiny(options));
    file = run.save();
    model = engine.loadModel(file);
    await run.delete();
  });
  afterAll(() => model?.delete());

  const exported = (request: Omit<ExportRequest, 'name'>): string =>
    written(exportModel(engine, file, { ...request, name }), folder);

  const prompt = 'the cat sees';
  /** As many tokens as the context holds, up to 100. */
  const room = (): number => Math.min(100, model.config().seq_len - model.tokenizer().encode(prompt).length);

  const generated = async (n: number, from = prompt): Promise<string> =>
    (await spoken(engine, model, sampleOptions(tiny({ temp: 0, max_new_tokens: n })), from)).text;

  const decoded = (ids: readonly number[]): string =>
    Buffer.concat(ids.map((id) => model.tokenizer().decode(id))).toString();

  withLlama.each(['f32', 'q8_0'])('llama.cpp generates the same tokens from GGUF with %s', async (type) => {
    const gguf = path.join(exported({ to: 'gguf', type }), `${name}-${type}.gguf`);
    const [n, context] = [room(), model.config().seq_len];
    const read = await llama(gguf, { prompt, n, context });
    expect(read.prompt).toEqual([...model.tokenizer().encode(prompt)]);
    expect(read.tokens).toHaveLength(n);
    expect(decoded(read.tokens)).toBe(await generated(n));
  });

  withLlama('llama.cpp cuts any text into the same tokens', async () => {
    const gguf = path.join(exported({ to: 'gguf' }), `${name}-f32.gguf`);
    const text = `${TEXT.slice(0, 100)}\n\n  It’s 1984, isn't it?\t${FRENCH}`;
    const read = await llama(gguf, { prompt: text, n: 0, context: 512 });
    expect(read.prompt).toEqual([...model.tokenizer().encode(text)]);
  });

  withOnnx('onnxruntime computes the same logits, in one piece, with its cache and in a batch', async () => {
    const { seq_len, vocab_size } = model.config();
    const all = [...model.tokenizer().encode(TEXT + KOREAN)].slice(0, seq_len);
    const half = Math.ceil(all.length / 2);
    const requests: OnnxRequest[] = [
      { texts: [all], pieces: [all.length] },
      { texts: [all], pieces: all.map(() => 1) },
      { texts: [all, all.slice(3, 9)], pieces: [half, 1, all.length - half - 1] },
      { texts: [[7], [0, 255, 128, vocab_size - 1]], pieces: [4] },
    ];
    const theirs = await onnxLogits(path.join(exported({ to: 'onnx' }), 'model.onnx'), requests);
    requests.forEach(({ texts }, i) =>
      texts.forEach((ids, row) => {
        const ours = model.logits(Uint16Array.from(ids));
        const distances = theirs[i]![row]!.flat().map((logit, k) => Math.abs(logit - ours[k]!));
        expect(distances).toHaveLength(ids.length * vocab_size);
        expect(Math.max(...distances)).toBeLessThan(1e-4);
      }),
    );
  });

  withOnnx.each(['f32', 'q8'])('transformers.js generates the same texts with %s', async (type) => {
    const { arch, seq_len } = model.config();
    const prompts = [prompt, 'the old cat and the'];
    const longest = Math.max(...prompts.map((text) => model.tokenizer().encode(text).length));
    // Qwen3 goes on past the context, where each token sees the last seq_len ones.
    const n = arch === 'qwen3' ? 2 * seq_len : seq_len - longest;
    const encode = TEXT.slice(0, 100) + KOREAN + FRENCH;
    const read = await transformersJs(exported({ to: 'transformers.js', type }), { prompts, n, encode });
    expect(read.ids).toEqual([...model.tokenizer().encode(encode)]);
    expect(read.texts).toEqual(await Promise.all(prompts.map((text) => generated(n, text))));
  });

  test('Hugging Face’s tokenizers read the folder’s tokenizer', async () => {
    const json = readFileSync(path.join(exported({ to: 'hf' }), 'tokenizer.json'), 'utf8');
    const text = TEXT + KOREAN + FRENCH;
    const encoding = await Reference.fromString(json).encode(text, null, { addSpecialTokens: false });
    expect(encoding.getIds()).toEqual([...model.tokenizer().encode(text)]);
  });

  withPython('PyTorch computes the same logits from the folder for transformers', async () => {
    const { seq_len, vocab_size } = model.config();
    const all = model.tokenizer().encode(TEXT);
    const texts = [
      all.subarray(0, seq_len),
      all.subarray(7, 8),
      Uint16Array.from([0, 255, 128, vocab_size - 1]),
    ];
    const theirs = await torchLogits(
      exported({ to: 'hf' }),
      texts.map((ids) => [...ids]),
    );
    texts.forEach((ids, i) => {
      const ours = model.logits(ids);
      const distances = theirs[i]!.flat().map((logit, k) => Math.abs(logit - ours[k]!));
      expect(distances).toHaveLength(ids.length * vocab_size);
      expect(Math.max(...distances)).toBeLessThan(1e-4);
    });
  });

  withPython('numpy reads the archive of arrays', async () => {
    const arrays = await numpyArrays(exported({ to: 'npz' }));
    const ours = tensorsOf(model.save());
    expect(Object.keys(arrays)).toEqual([...ours.keys()]);
    for (const [tensor, { shape, values }] of ours) {
      const sum = values.reduce((total, value) => total + value, 0);
      expect(arrays[tensor]).toMatchObject({
        dtype: 'float32',
        shape,
        first: values[0],
        last: values.at(-1),
      });
      expect(arrays[tensor]!.sum).toBeCloseTo(sum, 6);
    }
  });
});

/** The tensors of a safetensors file, in its order. */
function tensorsOf(file: Uint8Array): Map<string, { shape: number[]; values: Float32Array }> {
  const begin = 8 + Number(Buffer.from(file).readBigUInt64LE());
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, begin))) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, { shape, data_offsets }]) => {
        const [from, to] = data_offsets.map((offset) => begin + offset);
        return [name, { shape, values: new Float32Array(file.slice(from, to).buffer) }];
      }),
  );
}
