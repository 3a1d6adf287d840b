// Exported models in the programs that they are for: llama.cpp, Hugging Face's tokenizers, PyTorch and numpy.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer as Reference } from 'tokenizers';
import { tensorsOf } from './helpers/arrays.ts';
import { figure, largest } from './helpers/figures.ts';
import { describeReaderModels, PROMPT, TEXT } from './helpers/reader-models.ts';
import {
  llama,
  numpyArrays,
  onnxLogits,
  testWithEachPython,
  testWithReader,
  torchLogits,
  transformersJs,
  type OnnxRequest,
} from './helpers/readers.ts';
import { EMOJI, FRENCH, KOREAN } from './helpers/texts.ts';

const withLlama = testWithReader('node-llama-cpp');
const withOnnx = testWithReader('onnxruntime-node');
const withPython = testWithEachPython();

const ODD_SPACES = `${TEXT.slice(0, 100)}\n\n  It’s 1984, isn't it?\t \u00a0\u3000\r\n\n  x   ${FRENCH}   `;

describeReaderModels((reader, { n_embd }) => {
  const q8_0 = n_embd! % 32 === 0 ? 'q8_0' : `q8_0, whose rows of ${n_embd} stay float32`;

  withLlama.each([
    ['f32', 'f32'],
    [q8_0, 'q8_0'],
  ] as const)('llama.cpp generates the same tokens from GGUF with %s', async (_, type) => {
    const [n, context] = [reader.room, reader.model.config().seq_len];
    const read = await llama(await reader.gguf(type), { prompt: PROMPT, n, context });
    expect(read.prompt).toEqual(reader.ids(PROMPT));
    expect(read.tokens).toHaveLength(n);
    expect(reader.decoded(read.tokens)).toBe(await reader.continuation());
    expect(read.held).toBe(read.prompt.length + n - 1);
    figure(`${n} tokens equal`);
  });

  withLlama('llama.cpp cuts any text into the same tokens', async () => {
    const text = ODD_SPACES + KOREAN.slice(0, 100) + EMOJI.slice(0, 100);
    const read = await llama(await reader.gguf(), { prompt: text, n: 0, context: 1024 });
    expect(read.prompt).toEqual(reader.ids(text));
  });

  withOnnx('onnxruntime computes the same logits, in one piece, with its cache and in a batch', async () => {
    const { seq_len, vocab_size } = reader.model.config();
    const all = reader.ids(TEXT + KOREAN).slice(0, seq_len);
    const half = Math.ceil(all.length / 2);
    const requests: OnnxRequest[] = [
      { texts: [all], pieces: [all.length] },
      { texts: [all], pieces: all.map(() => 1) },
      { texts: [all, all.slice(3, 9)], pieces: [half, 1, all.length - half - 1] },
      { texts: [[7], [0, 255, 128, vocab_size - 1]], pieces: [4] },
    ];
    const theirs = await onnxLogits(path.join(await reader.exported({ to: 'onnx' }), 'model.onnx'), requests);
    requests.forEach(({ texts }, i) =>
      texts.forEach((ids, row) => {
        const ours = reader.model.logits(Uint32Array.from(ids));
        const distances = theirs[i]![row]!.flat().map((logit, k) => Math.abs(logit - ours[k]!));
        expect(distances).toHaveLength(ids.length * vocab_size);
        expect(largest(distances)).toBeLessThan(1e-4);
      }),
    );
  });

  withOnnx.each(['f32', 'q8'])('transformers.js generates the same texts with %s', async (type) => {
    const { arch, seq_len } = reader.model.config();
    const prompts = [PROMPT, 'the old cat and the'];
    const longest = Math.max(...prompts.map((text) => reader.ids(text).length));
    // Qwen3 goes on past the context, where each token sees the last seq_len ones.
    const n = arch === 'qwen3' ? 2 * seq_len : seq_len - longest;
    const encode = TEXT.slice(0, 100) + KOREAN + FRENCH;
    const read = await transformersJs(await reader.exported({ to: 'transformers.js', type }), {
      prompts,
      n,
      encode,
    });
    expect(read.ids).toEqual(reader.ids(encode));
    expect(read.texts).toEqual(await Promise.all(prompts.map((text) => reader.continuation(n, text))));
    figure(`${prompts.length} texts of ${n} tokens equal`);
  });

  test('Hugging Face’s tokenizers read the folder’s tokenizer', async () => {
    const json = readFileSync(path.join(await reader.exported({ to: 'hf' }), 'tokenizer.json'), 'utf8');
    const text = TEXT + KOREAN + EMOJI + ODD_SPACES;
    const encoding = await Reference.fromString(json).encode(text, null, { addSpecialTokens: false });
    expect(encoding.getIds()).toEqual(reader.ids(text));
    figure(`${encoding.getIds().length} ids equal`);
  });

  withPython('PyTorch computes the same logits from the folder for transformers', async (python) => {
    const { seq_len, vocab_size } = reader.model.config();
    const all = reader.ids(TEXT);
    const texts = [all.slice(0, seq_len), all.slice(7, 8), [0, 255, 128, vocab_size - 1]];
    const theirs = await torchLogits(python, await reader.exported({ to: 'hf' }), texts);
    texts.forEach((ids, i) => {
      const ours = reader.model.logits(Uint32Array.from(ids));
      const distances = theirs[i]!.flat().map((logit, k) => Math.abs(logit - ours[k]!));
      expect(distances).toHaveLength(ids.length * vocab_size);
      expect(largest(distances)).toBeLessThan(1e-4);
    });
  });

  withPython('numpy reads the archive of arrays', async (python) => {
    const arrays = await numpyArrays(python, await reader.exported({ to: 'npz' }));
    const ours = tensorsOf(reader.model.save());
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
