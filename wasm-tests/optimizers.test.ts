// The optimizers and schedules through the engine and on the command line; what they compute is tested in the core.
import fs from 'node:fs';
import path from 'node:path';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareResume } from '../web/engine/prepare.ts';
import { TINY_SHAPE, cli, jsonLines, scratch } from './helpers/cli.ts';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { expectExactResume } from './helpers/resume.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(3000);
const folder = scratch();
const MUON: Partial<Options> = { optimizer: 'muon', muon_lr: 0.03 };
let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

async function rates(schedule: Options['schedule']): Promise<number[]> {
  const { run, events } = await trained(
    engine,
    TEXT,
    tiny({ schedule, decay_fraction: 0.5, warmup_steps: 0 }),
  );
  await run.delete();
  return events.filter((e) => e.event === 'step').map((e) => e.lr);
}

test('Muon learns, and its momentum is in the file', async () => {
  const { run, end } = await trained(engine, TEXT, tiny({ ...MUON, max_steps: 60 }));
  expect(end.train_loss).toBeLessThan(3.5);
  const names = engine.checkpointInfo(run.save()).tensors.map(({ name }) => name);
  expect(names).toContain('optimizer.momentum_buffer.h.0.attn.c_attn.weight');
  expect(names).toContain('optimizer.exp_avg.wte.weight');
  expect(names).not.toContain('optimizer.exp_avg.h.0.attn.c_attn.weight');
  await run.delete();
});

test('a run with Muon, stopped and resumed, equals an uninterrupted run', async () => {
  const begin = (given: Partial<Options>) => trained(engine, TEXT, tiny({ ...MUON, ...given }));
  await expectExactResume(begin, engine, makeCorpus(TEXT));
});

test('a saved run resumes only with its own optimizer', async () => {
  const { run } = await trained(engine, TEXT, tiny({ stop_at_step: 3 }));
  expect(() => prepareResume(engine, run.save(), MUON, makeCorpus(TEXT))).toThrow(
    /optimizer \(optimizer\) is adamw in the saved model and cannot become muon/,
  );
  await run.delete();
});

test('each schedule has its named shape', async () => {
  const [cosine, linear, wsd] = [await rates('cosine'), await rates('linear'), await rates('wsd')];
  expect(linear[10]).toBeCloseTo(0.0055, 9);
  expect(cosine[10]).toBeCloseTo(0.0055, 9);
  expect(cosine[5]).toBeGreaterThan(linear[5]!);
  for (const rate of wsd.slice(0, 11)) expect(rate).toBeCloseTo(0.01, 9);
  expect(wsd[15]).toBeCloseTo(0.0055, 9);
});

test('the quick preset trains and generates on the command line', async () => {
  fs.writeFileSync(path.join(folder, 'text.txt'), english(6000));
  const small = [...TINY_SHAPE, '--vocab_size', '300', '--max_steps', '20', '--json'];
  const made = await cli(
    ['train', 'text.txt', '--preset', 'quick', ...small, '--out', 'm.safetensors'],
    folder,
  );
  expect(made.code).toBe(0);
  expect(jsonLines(made.stdout).at(-1)).toMatchObject({ event: 'done', step: 20 });
  const info = await cli(['info', 'm.safetensors', '--json'], folder);
  expect(JSON.parse(info.stdout)).toMatchObject({
    config: { arch: 'qwen3', vocab_size: 300 },
    options: { optimizer: 'muon', schedule: 'linear' },
    tokenizer: 'bpe',
  });
  const text = await cli(['generate', 'm.safetensors', '--max_new_tokens', '40', '--json'], folder);
  expect(JSON.parse(text.stdout)).toMatchObject({ tokens: 40 });
});
