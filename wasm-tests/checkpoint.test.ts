import { sampleOptions, trainOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { defaults } from '../web/engine/options.ts';
import { prepareResume } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { fingerprint, sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(3000);
const CORPUS = makeCorpus(TEXT);
let engine: Engine;
let saved: Uint8Array;
let weights: Uint8Array;
beforeAll(async () => {
  engine = await sharedEngine();
  const { run } = await trained(engine, TEXT, tiny({ stop_at_step: 10 }));
  saved = run.save();
  weights = run.model.save();
  await run.delete();
});

describe('a checkpoint', () => {
  test('describes itself completely', () => {
    const info = engine.checkpointInfo(saved);
    expect(info).toMatchObject({
      config: {
        arch: 'gpt2',
        vocab_size: 256,
        seq_len: 16,
        n_layer: 1,
        n_head: 2,
        n_embd: 16,
        n_kv_head: 2,
        n_inner: 64,
      },
      step: 10,
      corpus_sha256: CORPUS.sha256,
      tokenizer: 'byte',
      max_len: 16,
      vocab_size: 256,
      has_optimizer: true,
    });
    expect(info.options).toMatchObject({ batch_size: 4, max_steps: 20, warmup_steps: 2, seed: 1337 });
    expect(info.options?.lr).toBeCloseTo(0.01, 8);
    expect(info.val_loss).toBeGreaterThan(0);
    const names = info.tensors.map((t) => t.name);
    for (const name of [
      'wte.weight',
      'wpe.weight',
      'h.0.ln_1.weight',
      'h.0.attn.c_attn.bias',
      'h.0.mlp.c_proj.weight',
      'ln_f.bias',
    ])
      expect(names).toContain(name);
  });

  test('counts its parameters as the core does', () => {
    const { config, n_parameters } = engine.checkpointInfo(saved);
    expect(engine.countParameters(config)).toBe(n_parameters);
    const [V, T, C] = [256, 16, 16];
    expect(n_parameters).toBe(V * C + T * C + (12 * C * C + 13 * C) + 2 * C);
  });

  test('is a valid safetensors file: header, offsets, size', () => {
    const view = new DataView(saved.buffer, saved.byteOffset);
    const length = Number(view.getBigUint64(0, true));
    expect((8 + length) % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(saved.subarray(8, 8 + length))) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    expect(header['__metadata__']).toMatchObject({ format: 'pt' });
    delete header['__metadata__'];
    let at = 0;
    for (const { dtype, shape, data_offsets } of Object.values(header).sort(
      (a, b) => a.data_offsets[0] - b.data_offsets[0],
    )) {
      expect(dtype).toBe('F32');
      expect(data_offsets[0]).toBe(at);
      at = data_offsets[1];
      expect(at - data_offsets[0]).toBe(4 * shape.reduce((n, d) => n * d, 1));
    }
    expect(saved.length).toBe(8 + length + at);
  });

  test('loads and saves to the same bytes, and generates the same text', async () => {
    using full = engine.loadModel(saved);
    using plain = engine.loadModel(weights);
    expect(fingerprint(full.save())).toBe(fingerprint(weights));
    expect(fingerprint(plain.save())).toBe(fingerprint(weights));
    const options = sampleOptions(tiny({ max_new_tokens: 40 }));
    expect((await spoken(engine, full, options, 'the')).text).toBe(
      (await spoken(engine, plain, options, 'the')).text,
    );
    expect(full.nParameters()).toBe(engine.checkpointInfo(saved).n_parameters);
  });

  test('of weights alone is smaller and cannot be resumed', () => {
    expect(weights.length).toBeLessThan(saved.length / 2);
    expect(engine.checkpointInfo(weights)).toMatchObject({ has_optimizer: false });
    expect(() => prepareResume(engine, weights, {}, CORPUS)).toThrow(/weights alone/);
  });
});

describe('resuming', () => {
  test('refuses another text, naming both', () => {
    const other = makeCorpus(english(2500), 'other.txt');
    expect(() => prepareResume(engine, saved, {}, other)).toThrow(
      new RegExp(
        `other\\.txt is not the text .* ${other.sha256.slice(0, 12)}.* ${CORPUS.sha256.slice(0, 12)}`,
      ),
    );
  });

  test('refuses another shape, but accepts the same one', async () => {
    expect(() => prepareResume(engine, saved, { n_layer: 2 }, CORPUS)).toThrow(
      /n_layer .* is 1 .* cannot become 2/,
    );
    expect(() => prepareResume(engine, saved, { seq_len: 8 }, CORPUS)).toThrow(/seq_len/);
    prepareResume(engine, saved, { n_layer: 1 }, CORPUS).trainer.delete();
  });

  test('accepts new options that may change', async () => {
    const prepared = prepareResume(engine, saved, { max_steps: 30, lr: 0.02 }, CORPUS);
    expect(prepared.options).toMatchObject({ max_steps: 30, lr: 0.02, batch_size: 4, seq_len: 16 });
    const run = new Run(engine, prepared);
    expect(await run.start()).toMatchObject({ step: 30, reason: 'max_steps' });
    await run.delete();
  });

  test('refuses to resume if no steps are left', () => {
    expect(() => prepareResume(engine, saved, { max_steps: 10 }, CORPUS)).toThrow(
      /already done 10 steps of 10; give a larger max_steps/,
    );
  });

  test('checks new options together with the saved ones', () => {
    expect(() => prepareResume(engine, saved, { lr: 1e-9 }, CORPUS)).toThrow(/min_lr/);
    expect(() => prepareResume(engine, saved, { lr: NaN }, CORPUS)).toThrow(/lr must be a number/);
  });
});

describe('files that are not checkpoints', () => {
  const refused = (file: Uint8Array): void => {
    for (const open of [
      () => engine.loadModel(file),
      () => engine.checkpointInfo(file),
      () => prepareResume(engine, file, {}, CORPUS),
    ]) {
      let message = '';
      try {
        open();
      } catch (error) {
        expect((error as Error).constructor.name).not.toBe('CoreCrash');
        message = (error as Error).message;
      }
      expect(message).toMatch(/^\p{Lu}.{10,}\.$/su);
    }
  };

  test.each([
    ['nothing', new Uint8Array()],
    ['seven bytes', new Uint8Array(7)],
    ['zeros', new Uint8Array(1000)],
    ['a header of 2^63 bytes', new Uint8Array([255, 255, 255, 255, 255, 255, 255, 127, 123, 125])],
    ['a text', new TextEncoder().encode(english(400))],
    ['JSON', new TextEncoder().encode(JSON.stringify(defaults()))],
    [
      'a safetensors file of another program',
      safetensors({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 4),
    ],
    [
      'tensors that overlap',
      safetensors(
        {
          a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        },
        4,
      ),
    ],
    [
      'a shape that overflows',
      safetensors({ a: { dtype: 'F32', shape: [65536, 65536, 65536, 65536], data_offsets: [0, 4] } }, 4),
    ],
  ])('%s is refused with a sentence', (_, file) => {
    refused(file);
  });

  test('a truncated file is refused', () => {
    const places = [1, 8, 9, 100, 500, 1000, saved.length >> 1, saved.length - 4, saved.length - 1];
    for (const length of places) refused(saved.subarray(0, length));
  });

  test('a file with trailing bytes is refused', () => {
    refused(new Uint8Array([...saved, 0]));
  });

  test('a flipped bit in the header is refused or harmless', () => {
    const headerEnd = 8 + Number(new DataView(saved.buffer, saved.byteOffset).getBigUint64(0, true));
    for (let at = 0; at < headerEnd; at += 3) {
      const file = saved.slice();
      file[at] = (file[at] as number) ^ (1 << (at % 8));
      for (const open of [
        () => engine.loadModel(file).delete(),
        () => engine.checkpointInfo(file),
        () => prepareResume(engine, file, {}, CORPUS).trainer.delete(),
      ]) {
        try {
          open();
        } catch (error) {
          expect((error as Error).name).not.toBe('CoreCrash');
          expect((error as Error).message).toMatch(/\.$/);
        }
      }
    }
    using model = engine.loadModel(saved);
    expect(model.config().n_embd).toBe(16);
  });
});

function safetensors(header: object, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + padded + dataBytes).fill(32, 8, 8 + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(json, 8);
  return file;
}

test('bytes from the core are not copied again', async () => {
  const { run } = await trained(engine, TEXT);
  const bytes = new Uint8Array(3);
  const { handle } = run.trainer;
  handle.save = () => bytes;
  expect(run.save()).toBe(bytes);
  await run.delete();
});

test('every number of a model’s shape is kept, even one that no option sets', async () => {
  const { run } = await trained(engine, TEXT, tiny({ arch: 'qwen3' }));
  expect(run.model.config().rope_theta).toBe(10_000);
  const file = Buffer.from(run.save());
  await run.delete();
  const at = file.indexOf('10000.0');
  expect(at).toBeGreaterThan(0);
  file.write('50000.0', at);
  using model = engine.loadModel(file);
  expect(model.config().rope_theta).toBe(50_000);
  using trainer = engine.finetuneTrainer(file, trainOptions(tiny()), makeCorpus(TEXT));
  expect(trainer.model().config().rope_theta).toBe(50_000);
  expect(engine.checkpointInfo(trainer.save()).config.rope_theta).toBe(50_000);
});
