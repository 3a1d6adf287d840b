// The drawing of a model: its parts hold exactly the tensors of the file, and the shares of a profile add up.

import { modelConfig } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { ModelConfig } from '../web/engine/generated/core-types.ts';
import { measureStep } from '../web/engine/measure-step.ts';
import { prepareTraining } from '../web/engine/prepare.ts';
import { PRESETS, presetOptions } from '../web/engine/presets.ts';
import { structureOf, timeShares, type ModelStructure } from '../web/engine/structure.ts';
import { tensorsOf } from './helpers/arrays.ts';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

async function structure(config: ModelConfig): Promise<ModelStructure> {
  return structureOf((await sharedEngine()).withDefaults(config));
}

const SHAPES = [
  { arch: 'gpt2' },
  { arch: 'gpt2', n_layer: 3, n_embd: 36, seq_len: 24 },
  { arch: 'gpt2', activation: 'swiglu' },
  { arch: 'qwen3' },
  { arch: 'qwen3', n_head: 4, n_kv_head: 2, n_embd: 32 },
  { arch: 'qwen3', activation: 'gelu' },
  { arch: 'qwen3', head_dim: 32 },
  { arch: 'qwen3', tie_word_embeddings: false },
] as const;

test.each(SHAPES)('the parts have as many parameters as the engine counts: %j', async (shape) => {
  const engine = await sharedEngine();
  const config: ModelConfig = { ...modelConfig(tiny()), ...shape };
  expect((await structure(config)).n_parameters).toBe(engine.countParameters(config));
});

test.each(PRESETS.map(({ name }) => name))('the preset %s too', async (name) => {
  const engine = await sharedEngine();
  const config = modelConfig(presetOptions(name));
  expect((await structure(config)).n_parameters).toBe(engine.countParameters(config));
});

test.each([
  ['gpt2', 'h.'],
  ['qwen3', 'model.layers.'],
] as const)('the parts of %s hold the tensors of the file', async (arch, block) => {
  const engine = await sharedEngine();
  const { run } = await trained(engine, english(2000), tiny({ arch, n_layer: 2, max_steps: 2 }));
  const file = tensorsOf(run.model.save());
  await run.delete();
  const { parts } = await structure(modelConfig(tiny({ arch, n_layer: 2 })));
  const expected = parts.flatMap(({ count, tensors, name }) =>
    tensors.flatMap((tensor) =>
      ['tokens', 'positions', 'last_norm', 'head'].includes(name)
        ? [{ ...tensor }]
        : Array.from({ length: count }, (_, i) => ({ ...tensor, name: `${block}${i}.${tensor.name}` })),
    ),
  );
  expect(new Map(expected.map(({ name, shape }) => [name, shape]))).toEqual(
    new Map([...file].map(([name, { shape }]) => [name, [...shape]])),
  );
});

test('the cache holds keys and values of a context', async () => {
  const { kv_cache_bytes } = await structure({
    ...modelConfig(tiny({ arch: 'qwen3', n_layer: 2, n_head: 4, n_kv_head: 2, n_embd: 32 })),
  });
  expect(kv_cache_bytes).toBe(2 * 2 * 16 * 2 * 8 * 4);
});

test.each(['gpt2', 'qwen3'] as const)(
  'the shares of a measured step of %s add up to all of it',
  async (arch) => {
    const engine = await sharedEngine();
    const options = tiny({
      arch,
      n_layer: 2,
      max_steps: 1_000_000,
      eval_every: 0,
      patience: 0,
      dropout: 0.1,
    });
    const { trainer } = await prepareTraining(engine, options, makeCorpus(english(4000)));
    const profile = await measureStep(trainer, 30);
    trainer.delete();
    const { parts, update, rest } = timeShares(await structure(modelConfig(options)), profile);
    const all = Object.values(parts).reduce((sum, share) => sum + share, update + rest);
    expect(all).toBeCloseTo(1, 1);
    const names = (await structure(modelConfig(options))).parts.map(({ name }) => name);
    expect(new Set(Object.keys(parts))).toEqual(new Set(names));
    for (const share of Object.values(parts)) expect(share).toBeGreaterThan(0);
    expect(update).toBeGreaterThan(0);
  },
);

test('products are divided by size, and norms by number', async () => {
  const shape = await structure(modelConfig(tiny({ n_layer: 2 })));
  const operation = { calls: 1, ms: 1, gflops: null, gb_per_s: null, pass: 'forward' as const };
  const { parts, rest } = timeShares(shape, {
    steps: 1,
    ms_per_step: 10,
    rest_ms: 1,
    rest_share: 0.1,
    operations: [
      { ...operation, op: 'linear', share: 0.6 },
      { ...operation, op: 'layer_norm', share: 0.2 },
      { ...operation, op: 'dropout', share: 0.1 },
    ],
  });
  expect(parts.norm_1).toBeCloseTo(0.08, 12);
  expect(parts.last_norm).toBeCloseTo(0.04, 12);
  expect(parts.qkv! / parts.attention_out!).toBeCloseTo(3, 12);
  expect(rest).toBeCloseTo(0.2, 12);
});
