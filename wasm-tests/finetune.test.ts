// Fine-tuning a saved model on another text, through the engine and on the command line. The core's own tests check
// what frozen layers and LoRA compute.

import fs from 'node:fs';
import path from 'node:path';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { estimate } from '../web/engine/estimate.ts';
import { defaults, type Options } from '../web/engine/options.ts';
import { prepareFinetune, prepareResume, prepareTraining } from '../web/engine/prepare.ts';
import { Run, type RunEnd } from '../web/engine/run.ts';
import { TINY_FLAGS, cli, jsonLines, scratch, type Outcome } from './helpers/cli.ts';
import { fingerprint, sharedEngine, tiny, trained } from './helpers/engine.ts';
import { expectExactResume } from './helpers/resume.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(3000);
/** The same letters in another order. */
const OTHER = [...english(3000)].reverse().join('');
const CORPUS = makeCorpus(OTHER, 'other.txt');
const SHORT: Partial<Options> = {
  batch_size: 4,
  max_steps: 60,
  eval_every: 10,
  eval_batches: 2,
  warmup_steps: 2,
  lr: 0.01,
};
const LORA: Partial<Options> = { lora_rank: 4, lora_alpha: 8 };

let engine: Engine;
let base: Uint8Array;
beforeAll(async () => {
  engine = await sharedEngine();
  const { run } = await trained(engine, TEXT, tiny({ n_layer: 2, max_steps: 200 }));
  base = run.save();
  await run.delete();
});

async function finetuned(
  given: Partial<Options>,
  from = base,
): Promise<{ run: Run; end: RunEnd; first: number }> {
  const run = new Run(engine, prepareFinetune(engine, from, { ...SHORT, ...given }, CORPUS));
  let first = NaN;
  run.on((event) => {
    if (event.event === 'step' && event.step === 1) first = event.train_loss ?? NaN;
  });
  return { run, end: await run.start(), first };
}

describe('finetuning', () => {
  test.each([{}, { freeze_layers: 1 }, LORA, { ...LORA, freeze_layers: 1 }])(
    'learns the other text, from step 0 (%j)',
    async (given) => {
      const { run, end, first } = await finetuned(given);
      expect(end).toMatchObject({ event: 'done', step: 60 });
      expect(end.train_loss).toBeLessThan(0.95 * first);
      expect(end.val_loss).toBeLessThan(0.95 * first);
      await run.delete();
    },
  );

  test('also accepts weights alone, and gives the same bits', async () => {
    using model = engine.loadModel(base);
    const runs = [await finetuned(LORA), await finetuned(LORA, model.save())];
    const [one, two] = runs.map(({ run }) => fingerprint(run.save()));
    expect(two).toBe(one);
    for (const { run } of runs) await run.delete();
  });

  test.each([{ freeze_layers: 1 }, LORA])(
    'stopped and resumed is the same as not stopped (%j)',
    async (given) => {
      await expectExactResume((more) => finetuned({ ...given, ...more }), engine, CORPUS);
    },
  );

  test('has a lower default learning rate', () => {
    const rates = (given: Partial<Options>): Partial<Options> => {
      const { trainer, options } = prepareFinetune(engine, base, given, CORPUS);
      trainer.delete();
      return { lr: options.lr, min_lr: options.min_lr };
    };
    expect(rates({}).lr).toBeLessThan(defaults().lr / 2);
    expect(rates({ lr: 1e-5 })).toEqual({ lr: 1e-5, min_lr: 1e-5 / 10 });
    expect(rates({ lr: 1e-5, min_lr: 0 })).toEqual({ lr: 1e-5, min_lr: 0 });
  });

  test('keeps shape and tokenizer, and refuses options that do not fit', async () => {
    const refused = (given: Partial<Options>, why: RegExp): void =>
      expect(() => prepareFinetune(engine, base, given, CORPUS)).toThrow(why);
    refused({ n_embd: 32 }, /n_embd \(width\) is 16 in the saved model and cannot become 32/);
    refused({ tokenizer: 'bpe' }, /tokenizer .* is byte in the saved model/);
    refused(
      { freeze_layers: 3 },
      /freeze_layers must be at most 2 for this model, which has 2 layers, not 3/,
    );
    refused({ ...LORA, freeze_layers: 2 }, /at most 1 .* needs one for LoRA, not 2/);
    refused({ lora_rank: 257 }, /lora_rank must be a whole number from 0 to 256, not 257/);
    const corpus = makeCorpus(TEXT);
    await expect(prepareTraining(engine, tiny(LORA), corpus)).rejects.toThrow(/are for a saved model/);
    await expect(prepareTraining(engine, tiny({ freeze_layers: 1 }), corpus)).rejects.toThrow(/saved model/);
  });

  test('a run resumes only with its own rank, alpha and frozen layers', async () => {
    const { run } = await finetuned({ ...LORA, freeze_layers: 1, stop_at_step: 3 });
    const saved = run.save();
    for (const given of [{ lora_rank: 8 }, { lora_alpha: 9 }, { freeze_layers: 0 }])
      expect(() => prepareResume(engine, saved, given, CORPUS)).toThrow(
        new RegExp(`${Object.keys(given)[0]} .* in the saved model and cannot become`),
      );
    await run.delete();
  });

  test('the memory estimate includes LoRA', () => {
    const bytes = (given: Partial<Options>): number => estimate(engine, tiny(given), 1000).memory_bytes;
    expect(bytes({ lora_rank: 64 })).toBeGreaterThan(bytes({}));
  });
});

describe('an adapter', () => {
  test('applied to its base is the merged model, and is small', async () => {
    const { run } = await finetuned({ ...LORA, lora_rank: 2 });
    const adapter = engine.saveAdapter(run.save());
    expect(adapter.length).toBeLessThan(base.length / 3);
    using model = engine.loadModel(base);
    model.applyAdapter(adapter);
    expect(fingerprint(model.save())).toBe(fingerprint(run.model.save()));
    expect(engine.checkpointInfo(adapter)).toMatchObject({ kind: 'lora', options: { lora_rank: 2 } });
    await run.delete();
  });

  test('is refused as a model, and for a model that it does not fit', async () => {
    const { run } = await finetuned({ ...LORA, max_steps: 2 });
    const adapter = engine.saveAdapter(run.save());
    expect(() => engine.loadModel(adapter)).toThrow(/it is an adapter/);
    expect(() => engine.saveAdapter(base)).toThrow(/holds no adapter/);
    const { run: other } = await trained(engine, TEXT, tiny({ max_steps: 2 }));
    expect(() => other.model.applyAdapter(adapter)).toThrow(/model of another shape/);
    expect(() => run.model.applyAdapter(adapter)).toThrow(/another model of the same shape/);
    expect(() => run.model.applyAdapter(base)).toThrow(/not an adapter/);
    expect(() => run.model.applyAdapter(adapter.subarray(0, 900))).toThrow(/\.$/);
    await run.delete();
    await other.delete();
  });
});

describe('on the command line', () => {
  const folder = scratch();
  const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
  const bytes = (name: string): Buffer => fs.readFileSync(path.join(folder, name));
  const TUNE = [
    'train',
    'other.txt',
    '--init_from',
    'base.safetensors',
    '--max_steps',
    '20',
    '--batch_size',
    '4',
  ];

  beforeAll(async () => {
    fs.writeFileSync(path.join(folder, 'text.txt'), TEXT);
    fs.writeFileSync(path.join(folder, 'other.txt'), OTHER);
    await run('train', 'text.txt', ...TINY_FLAGS, '--max_steps', '40', '--out', 'base.safetensors');
  });

  test('a model is fine-tuned and its adapter exported; both generate the same text', async () => {
    const before = bytes('base.safetensors');
    const { code, stdout } = await run(...TUNE, '--lora_rank', '4', '--json', '--out', 'tuned.safetensors');
    expect(code).toBe(0);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: 'done', step: 20 });
    expect(bytes('base.safetensors').equals(before)).toBe(true);
    expect((await run('export', 'tuned.safetensors', '--adapter', 'adapter.safetensors')).code).toBe(0);
    expect((await run('info', 'tuned.safetensors')).stdout).toMatch(/lora_rank 4/);
    expect(bytes('adapter.safetensors').length).toBeLessThan(bytes('tuned.safetensors').length / 3);
    expect((await run('info', 'adapter.safetensors')).stdout).toMatch(/^Adapter of gpt2/m);
    const said = '--prompt the --max_new_tokens 60 --seed 7 --variant baseline'.split(' ');
    const merged = await run('generate', 'tuned.safetensors', ...said);
    const apart = await run('generate', 'base.safetensors', '--adapter', 'adapter.safetensors', ...said);
    expect(apart).toEqual(merged);
    expect((await run('generate', 'base.safetensors', ...said)).stdout).not.toBe(merged.stdout);
  });

  test('info still writes an adapter, as in earlier versions, and points to export', async () => {
    const { code, stdout, stderr } = await run('info', 'tuned.safetensors', '--adapter', 'again.safetensors');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'info only reads; "mini-llm export" now writes tokenizers and adapters.\n',
    });
    expect(stdout).toMatch(/lora_rank 4/);
    expect(bytes('again.safetensors').equals(bytes('adapter.safetensors'))).toBe(true);
  });

  test('the weights alone are smaller and generate the same text', async () => {
    expect((await run('export', 'base.safetensors', '--weights', 'weights.safetensors')).code).toBe(0);
    expect(bytes('weights.safetensors').length).toBeLessThan(bytes('base.safetensors').length / 2);
    expect((await run('info', 'weights.safetensors')).stdout).toMatch(/weights only; it cannot be resumed/);
    const flags = '--prompt the --max_new_tokens 20 --seed 7 --variant baseline'.split(' ');
    expect(await run('generate', 'weights.safetensors', ...flags)).toEqual(
      await run('generate', 'base.safetensors', ...flags),
    );
  });

  test('export without a format lists the formats', async () => {
    expect(await run('export', 'base.safetensors')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'mini-llm: Name the format: --to hf, gguf, onnx, transformers.js, html, npz, safetensors, tokenizer, peft, adapter.\n',
    });
  });

  test('without --out, fine-tuning never overwrites the initial model', async () => {
    const before = bytes('base.safetensors');
    const { code, stderr } = await run(...TUNE, '--freeze_layers', '1');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Saves +to model\.safetensors,/m);
    expect(bytes('base.safetensors').equals(before)).toBe(true);
  });

  test.each([
    [['--resume', 'base.safetensors'], /--init_from and --resume cannot be combined/],
    [['--preset', 'quick'], /--preset is for new models and cannot be combined with --init_from/],
    [['--n_layer', '3'], /n_layer \(layers\) is 1 in the saved model and cannot become 3/],
    [['--freeze_layers', '2'], /freeze_layers must be at most 1/],
    [['--lora_rank', '-1'], /--lora_rank must be a whole number from 0 to 256, not "?-1"?\./],
    [['--lora_alpha', 'much'], /--lora_alpha must be a number from 0 to 1000000, not "much"/],
  ])('%j is refused with a sentence', async (more, why) => {
    const { code, stderr } = await run(...TUNE, ...more);
    expect(stderr).toMatch(why);
    expect(code).toBe(2);
  });

  test.each([
    [['train', 'text.txt', '--lora_rank', '4'], 2, /freeze_layers and lora_rank are for a saved model/],
    [['train', 'text.txt', '--init_from', 'none.safetensors'], 1, /There is no file none\.safetensors/],
    [
      ['train', 'text.txt', '--init_from', 'text.txt'],
      1,
      /^mini-llm: text\.txt: This is not a usable safetensors file/m,
    ],
    [
      ['export', 'base.safetensors', '--adapter', 'a.safetensors'],
      1,
      /base\.safetensors: This file holds no adapter/,
    ],
    [['generate', 'base.safetensors', '--adapter', 'none'], 1, /There is no file none; expected an adapter/],
    [['generate', 'base.safetensors', '--adapter', 'base.safetensors'], 1, /it is not an adapter/],
  ])('%j ends with %d and a sentence', async (args, ends, why) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(why);
    expect(code).toBe(ends);
    expect(fs.existsSync(path.join(folder, 'a.safetensors'))).toBe(false);
  });
});
