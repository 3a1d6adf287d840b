// Exported models in the programs that they are for: llama.cpp, Hugging Face's tokenizers, PyTorch and numpy.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Tokenizer as Reference } from 'tokenizers';
import { describeReaderModels, PROMPT, TEXT } from './helpers/reader-models.ts';
import { llama, numpyArrays, testWithEachPython, testWithReader, torchLogits } from './helpers/readers.ts';
import { EMOJI, FRENCH, KOREAN } from './helpers/texts.ts';

const withLlama = testWithReader('node-llama-cpp');
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
  });

  withLlama('llama.cpp cuts any text into the same tokens', async () => {
    const text = ODD_SPACES + KOREAN.slice(0, 100) + EMOJI.slice(0, 100);
    const read = await llama(await reader.gguf(), { prompt: text, n: 0, context: 1024 });
    expect(read.prompt).toEqual(reader.ids(text));
  });

  test('Hugging Face’s tokenizers read the folder’s tokenizer', async () => {
    const json = readFileSync(path.join(await reader.exported({ to: 'hf' }), 'tokenizer.json'), 'utf8');
    const text = TEXT + KOREAN + EMOJI + ODD_SPACES;
    const encoding = await Reference.fromString(json).encode(text, null, { addSpecialTokens: false });
    expect(encoding.getIds()).toEqual(reader.ids(text));
  });

  withPython('PyTorch computes the same logits from the folder for transformers', async (python) => {
    const { seq_len, vocab_size } = reader.model.config();
    const all = reader.ids(TEXT);
    const texts = [all.slice(0, seq_len), all.slice(7, 8), [0, 255, 128, vocab_size - 1]];
    const theirs = await torchLogits(python, await reader.exported({ to: 'hf' }), texts);
    texts.forEach((ids, i) => {
      const ours = reader.model.logits(Uint16Array.from(ids));
      const distances = theirs[i]!.flat().map((logit, k) => Math.abs(logit - ours[k]!));
      expect(distances).toHaveLength(ids.length * vocab_size);
      expect(Math.max(...distances)).toBeLessThan(1e-4);
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
