// Models rounded to int8, as an exported page holds them.

import { sampleOptions } from '../web/engine/convert.ts';
import type { Engine } from '../web/engine/engine.ts';
import { restoredFromInt8, roundedToInt8 } from '../web/engine/int8-weights.ts';
import { bytesOfFile, readHeader, type TensorEntry } from '../web/engine/safetensors.ts';
import type { Options } from '../web/engine/options.ts';
import { fingerprint, sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

async function weights(options: Partial<Options>): Promise<Uint8Array> {
  const { run } = await trained(engine, english(4000), tiny(options));
  const file = run.model.save();
  await run.delete();
  return file;
}

/** The values of a tensor; changing them changes the file. */
function tensor(file: Uint8Array, name: string): { entry: TensorEntry; values: Float32Array } {
  const { entries, end } = readHeader(bytesOfFile(file));
  const entry = entries[name] as TensorEntry;
  const [from, to] = entry.data_offsets;
  return { entry, values: new Float32Array(file.buffer, file.byteOffset + end + from, (to - from) / 4) };
}

const MODELS: [string, string, Partial<Options>][] = [
  ['gpt2 on bytes', 'wte.weight', { n_layer: 2, n_embd: 36, n_head: 1, seq_len: 24 }],
  [
    'qwen3 with grouped queries on byte pairs',
    'model.embed_tokens.weight',
    { arch: 'qwen3', n_head: 4, n_kv_head: 2, n_embd: 32, tokenizer: 'bpe', vocab_size: 290 },
  ],
];

describe.each(MODELS)('%s', (_, embedding, options) => {
  test('generates the same text with int8 weights before and after, but for the rounded embeddings', async () => {
    const file = await weights(options);
    const restored = restoredFromInt8(roundedToInt8(file, options.arch ?? 'gpt2'));
    const text = async (from: Uint8Array): Promise<string> => {
      using model = engine.loadModel(from);
      const wanted = sampleOptions(tiny({ int8: true, temp: 1, top_k: 0, max_new_tokens: 300, seed: 5 }));
      return (await spoken(engine, model, wanted, 'the ')).text;
    };
    const other = restored.slice();
    tensor(other, embedding).values[0]! += 1;
    expect(await text(other)).not.toBe(await text(restored));
    // The core rounds the output layer itself, but looks tokens up in float32.
    const before = new Uint8Array(file);
    tensor(before, embedding).values.set(tensor(restored, embedding).values);
    expect(await text(restored)).toBe(await text(before));
  });

  test('rounds to within half a level, and the second time changes nothing', async () => {
    const file = await weights(options);
    const arch = options.arch ?? 'gpt2';
    const rounded = roundedToInt8(file, arch);
    const restored = restoredFromInt8(rounded);
    expect(fingerprint(roundedToInt8(restored, arch))).toBe(fingerprint(rounded));
    const { entry, values } = tensor(file, embedding);
    const after = tensor(restored, embedding).values;
    const columns = entry.shape[1]!;
    for (let row = 0; row < entry.shape[0]!; row++) {
      const [before, now] = [values, after].map((all) => all.subarray(row * columns, (row + 1) * columns));
      const level = Math.max(...before!.map(Math.abs)) / 127;
      const differences = before!.map((value, i) => Math.abs(value - now![i]!));
      expect(Math.max(...differences)).toBeLessThan(level * 0.501);
    }
  });
});

test('the file is about a quarter as large', async () => {
  const file = await weights({ n_layer: 2, n_embd: 128, n_head: 4 });
  expect(roundedToInt8(file, 'gpt2').length).toBeLessThan(0.28 * file.length);
});

test('damaged weights stay damaged', async () => {
  const file = new Uint8Array(await weights({}));
  const name = 'h.0.attn.c_attn.weight';
  const { entry, values } = tensor(file, name);
  values[3] = NaN;
  const after = tensor(restoredFromInt8(roundedToInt8(file, 'gpt2')), name).values;
  const columns = entry.shape[1]!;
  const column = (j: number) => after.filter((_, i) => i % columns === j);
  expect(column(3).every(Number.isNaN)).toBe(true);
  expect(column(4).some(Number.isNaN)).toBe(false);
});
