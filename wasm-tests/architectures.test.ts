// The architectures: each trains, resumes with the same bits and generates beyond its context, through the engine and on
// the command line.

import fs from 'node:fs';
import path from 'node:path';
import { modelConfig, optionsOfCheckpoint, sampleOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { defaults, type Options } from '../web/engine/options.ts';
import { prepareResume } from '../web/engine/prepare.ts';
import { presetOptions } from '../web/engine/presets.ts';
import { checked } from '../web/engine/validate.ts';
import { TINY_FLAGS, cli, jsonLines, scratch } from './helpers/cli.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { expectExactResume } from './helpers/resume.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(3000);
const QWEN3: Partial<Options> = { arch: 'qwen3', n_head: 2, n_kv_head: 1 };
let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

describe('options', () => {
  const wrong = (values: Partial<Options>): string[] =>
    engine.mismatches({ ...presetOptions('nanogpt'), ...values });

  test('keys and values are shared only if the architecture supports it', () => {
    expect(wrong({ arch: 'qwen3', n_kv_head: 2 })).toEqual([]);
    expect(wrong({ arch: 'qwen3', n_kv_head: 3 })).toEqual([
      expect.stringMatching(/4 is not a multiple of 3; try n_kv_head [24]\./),
    ]);
    expect(wrong({ arch: 'gpt2', n_kv_head: 2 })).toEqual([
      expect.stringMatching(/n_kv_head must be 0 for gpt2.*choose arch qwen3/),
    ]);
    expect(wrong({ arch: 'gpt2', n_kv_head: 4 })).toEqual([]);
  });

  test('rotary positions need heads of even width', () => {
    expect(wrong({ arch: 'gpt2', n_embd: 12, n_head: 4 })).toEqual([]);
    expect(wrong({ arch: 'qwen3', n_embd: 12, n_head: 4 })).toEqual([
      expect.stringMatching(/12 is not a multiple of 8; try n_embd 16\./),
    ]);
    expect(() => checked(defaults(), { arch: 'bert' })).toThrow(
      /arch must be one of gpt2, qwen3, not "bert"/,
    );
  });

  test('the MLP of qwen3 is two thirds as wide as that of gpt2, both up to a multiple of 64', () => {
    const innerWidth = (values: Partial<Options>): number =>
      engine.withDefaults(modelConfig({ ...presetOptions('nanogpt'), ...values })).n_inner;
    expect([16, 96, 128, 384].map((n_embd) => innerWidth({ arch: 'qwen3', n_embd }))).toEqual([
      64, 256, 384, 1024,
    ]);
    expect([36, 128].map((n_embd) => innerWidth({ arch: 'gpt2', n_embd }))).toEqual([192, 512]);
  });

  test('floating-point operations are counted by the weights of the blocks’ matrices', () => {
    const o = { ...presetOptions('nanogpt'), arch: 'qwen3', n_kv_head: 1 } as const;
    const weights = 128 * 128 + 2 * 128 * 32 + 128 * 128 + 3 * 128 * 384;
    expect(engine.flopsPerToken(modelConfig(o))).toBe(6 * 4 * weights + 12 * 4 * 64 * 128);
  });
});

describe('qwen3', () => {
  const options = tiny({ ...QWEN3, dropout: 0.1 });

  test('learns, and its file names the architecture', async () => {
    const { run, end } = await trained(engine, TEXT, tiny({ ...QWEN3, max_steps: 60 }));
    expect(end.train_loss).toBeLessThan(4);
    const file = run.save();
    const info = engine.checkpointInfo(file);
    expect(info.config).toMatchObject({
      arch: 'qwen3',
      n_head: 2,
      n_kv_head: 1,
      n_inner: 64,
      rope_theta: 10000,
    });
    expect(engine.countParameters(info.config)).toBe(info.n_parameters);
    expect(info.tensors).toContainEqual({ name: 'model.layers.0.self_attn.k_proj.weight', shape: [8, 16] });
    expect(optionsOfCheckpoint(defaults(), info)).toMatchObject(QWEN3);
    expect(engine.withDefaults(modelConfig(options))).toMatchObject({ n_kv_head: 1, n_inner: 64 });
    await run.delete();
  });

  test('stopped and resumed equals an uninterrupted run', async () => {
    const begin = (given: Partial<Options>) => trained(engine, TEXT, { ...options, ...given });
    await expectExactResume(begin, engine, makeCorpus(TEXT));
  });

  test('cannot be resumed as another architecture', async () => {
    const { run } = await trained(engine, TEXT, { ...options, stop_at_step: 2 });
    const resume = (given: Partial<Options>) => () =>
      prepareResume(engine, run.save(), given, makeCorpus(TEXT)).trainer.delete();
    expect(resume({ arch: 'gpt2' })).toThrow(/^arch \(architecture\) is qwen3 in the saved model/);
    expect(resume({ n_kv_head: 2 })).toThrow(/^n_kv_head .* is 1 in the saved model and cannot become 2/);
    expect(resume({ arch: 'qwen3', n_kv_head: 1 })).not.toThrow();
    await run.delete();
  });

  test('generates the same text with and without the cache, for ten times its context', async () => {
    const { run } = await trained(engine, TEXT, tiny({ ...QWEN3, n_layer: 2, max_steps: 60 }));
    for (const int8 of [false, true]) {
      const say = (cache: boolean): ReturnType<typeof spoken> =>
        spoken(engine, run.model, sampleOptions({ ...tiny(), max_new_tokens: 160, int8, cache }), 'the ');
      const said = await say(true);
      expect(said).toMatchObject({ tokens: 160, reason: 'length' });
      expect((await say(false)).text).toBe(said.text);
    }
    await run.delete();
  });
});

describe('on the command line', () => {
  const folder = scratch();
  const run = (...args: string[]): ReturnType<typeof cli> => cli(args, folder);
  const bytes = (name: string): Buffer => fs.readFileSync(path.join(folder, name));
  const TRAIN = [
    'train',
    'text.txt',
    ...TINY_FLAGS,
    '--arch',
    'qwen3',
    '--n_kv_head',
    '1',
    '--max_steps',
    '20',
  ];
  beforeAll(async () => {
    fs.writeFileSync(path.join(folder, 'text.txt'), TEXT);
    expect(await run(...TRAIN, '--out', 'model.safetensors')).toMatchObject({ code: 0 });
  });

  test('qwen3 resumes to the same file', async () => {
    expect((await run(...TRAIN, '--stop_at_step', '7', '--out', 'part.safetensors')).code).toBe(0);
    expect((await run('train', 'text.txt', '--resume', 'part.safetensors')).code).toBe(0);
    expect(bytes('part.safetensors').equals(bytes('model.safetensors'))).toBe(true);
  });

  test('qwen3 generates beyond its context, with and without the cache', async () => {
    const generate = ['generate', 'model.safetensors', '--max_new_tokens', '120', '--seed', '1', '--json'];
    const [on, off] = await Promise.all([run(...generate), run(...generate, '--no-cache')]);
    expect(on).toMatchObject({ code: 0, stderr: '' });
    const [said, same] = [on, off].map(({ stdout }) => jsonLines(stdout)[0]);
    expect(said).toMatchObject({ tokens: 120 });
    expect(same!['text']).toBe(said!['text']);
  });

  test('info prints the architecture and the numbers of heads', async () => {
    const { stdout } = await run('info', 'model.safetensors');
    expect(stdout).toMatch(/Model +qwen3, /);
    expect(stdout).toContain('1 layer, 2 heads (1 of keys and values), width 16');
  });

  test('a model cannot be resumed as another architecture', async () => {
    const { code, stderr } = await run(
      ...['train', 'text.txt', '--resume', 'model.safetensors', '--max_steps', '30', '--arch', 'gpt2'],
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/arch .* is qwen3 in the saved model and cannot become gpt2/);
  });
});
