// mini-llm bench and --profile: their reports are complete and consistent. The speed itself does not matter.

import fs from 'node:fs';
import path from 'node:path';
import { isTraining, type BenchReport, type GenerateResult } from '../web/engine/bench/report.ts';
import { summaries, timeTo } from '../web/engine/bench/time-to.ts';
import { TRAIN_WORKLOADS } from '../web/engine/bench/workloads.ts';
import type { TimeToReport } from '../web/cli/time-to.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import { flopsPerStep, tokensPerStep } from '../web/engine/estimate.ts';
import type { StepProfile } from '../web/engine/profile.ts';
import { probe } from '../web/engine/variants.ts';
import { TINY_FLAGS, cli, jsonLines, scratch, type Outcome } from './helpers/cli.ts';
import { sharedEngine, tiny } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);

/** Operations of every training step. */
const OPERATIONS = 'embedding layer_norm linear attention gelu head adamw'.split(' ');

function expectWhole({ operations, rest_share, ms_per_step }: StepProfile): void {
  const shares = operations.reduce((sum, { share }) => sum + share, rest_share);
  expect(shares).toBeCloseTo(1, 1);
  const ms = operations.map((o) => o.ms);
  expect(ms).toEqual([...ms].sort((a, b) => b - a));
  expect(ms.every((t) => t >= 0 && t <= ms_per_step)).toBe(true);
  for (const op of OPERATIONS) expect(operations.map((o) => o.op)).toContain(op);
  for (const { op, pass, calls, gflops, gb_per_s } of operations) {
    expect(calls).toBeGreaterThan(0);
    // The head computes its gradients in the forward pass; backward only adds them.
    const multiplies = op === 'head' ? pass === 'forward' : ['linear', 'attention'].includes(op);
    if (multiplies) expect([op, pass, gb_per_s]).toEqual([op, pass, null]);
    else expect([op, pass, gflops]).toEqual([op, pass, null]);
  }
}

describe('bench', () => {
  let out: Outcome;
  let report: BenchReport;

  beforeAll(async () => {
    const flags = ['--workloads', 'w1,G1', '--threads', '1,2', '--contexts', '8,16', '--seconds', '0.05'];
    out = await run('bench', ...flags, '--json', 'bench.json');
    expect(out).toMatchObject({ code: 0 });
    report = JSON.parse(fs.readFileSync(path.join(folder, 'bench.json'), 'utf8')) as BenchReport;
  });

  const SETTINGS = [
    ['baseline', 1],
    ['relaxed', 1],
    ['threads', 1],
    ['threads', 2],
    ['relaxed-threads', 1],
    ['relaxed-threads', 2],
    ...(probe().wide
      ? ([
          ['threads-wide', 1],
          ['threads-wide', 2],
          ['relaxed-threads-wide', 1],
          ['relaxed-threads-wide', 2],
        ] as const)
      : []),
  ] as const;
  const peakOf = (variant: string): number =>
    report.peaks.find((p) => p.variant === variant)?.peak_gflops_per_thread ?? NaN;
  const generated = (): GenerateResult[] => report.results.filter((r): r is GenerateResult => !isTraining(r));

  test('prints its tables and its progress', () => {
    for (const text of [
      /^build +GFLOP\/s per thread$/m,
      /^training +build +threads +ms\/step +tokens\/s +GFLOP\/s +MFU +peak heap$/m,
      /^W1 +relaxed-threads +2 +[\d,.]+ +[\d,.]+ +[\d.]+ +\d+ % +\d+ MB$/m,
      /^generation +build +threads +with cache +without +gain +int8, with cache +peak heap$/m,
      /^G1 +baseline +1 +[\d,.]+ +[\d,.]+ +[\d.]+× +[\d,.]+ +\d+ MB$/m,
      /^context +with cache +without +gain$/m,
      /^ +16 +[\d,.]+ +[\d,.]+ +[\d.]+×$/m,
      /^operation +pass +calls +1 thread, share +speed +2 threads, share +speed$/m,
      /^linear +forward +\d+ +[\d.]+ % +[\d.]+ GFLOP\/s +[\d.]+ % +[\d.]+ GFLOP\/s$/m,
    ])
      expect(out.stdout).toMatch(text);
    expect(out.stderr).toMatch(/^ +\d+ % · W1, round 1 of 5$/m);
  });

  test('measures every build, on one thread and on several', () => {
    expect(report.machine).toMatchObject({ runtime: expect.stringContaining('Node ') as string });
    expect(report.peaks.map((p) => p.variant)).toEqual([...new Set(SETTINGS.map(([variant]) => variant))]);
    for (const { peak_gflops_per_thread } of report.peaks)
      expect(peak_gflops_per_thread).toBeGreaterThan(0.1);
    const trained = report.results.filter(isTraining);
    expect(trained.map((r) => [r.workload, r.variant, r.threads])).toEqual(SETTINGS.map((s) => ['W1', ...s]));
    expect(generated().map((r) => [r.workload, r.variant, r.threads, r.cache, r.int8])).toEqual(
      SETTINGS.flatMap((s) => [
        ['G1', ...s, true, false],
        ['G1', ...s, false, false],
        ['G1', ...s, true, true],
      ]),
    );
  });

  test('every figure of training follows from the time of a step', async () => {
    const engine = await sharedEngine();
    const { options } = TRAIN_WORKLOADS[0]!;
    for (const r of report.results.filter(isTraining)) {
      expect(r.ms_per_step).toBeGreaterThan(0);
      expect(r.tokens_per_s * r.ms_per_step).toBeCloseTo(tokensPerStep(options) * 1000, 3);
      expect(r.gflops * r.ms_per_step * 1e6).toBeCloseTo(flopsPerStep(engine, options), -3);
      expect(r.mfu).toBeCloseTo(r.gflops / (peakOf(r.variant) * r.threads), 6);
      expect(r.peak_heap_mb).toBeGreaterThan(10);
    }
  });

  test('measures generation with and without the cache, for every context', () => {
    for (const r of generated()) {
      expect(r.tokens_per_s).toBeGreaterThan(0);
      expect(r.peak_heap_mb).toBeGreaterThan(1);
    }
    expect(report.contexts.map((r) => [r.context, r.cache, r.threads])).toEqual([
      [8, true, 1],
      [8, false, 1],
      [16, true, 1],
      [16, false, 1],
    ]);
    for (const { tokens_per_s } of report.contexts) expect(tokens_per_s).toBeGreaterThan(0);
  });

  test('the operations of a step add up to the step', () => {
    expect(report.profiles.map((p) => [p.workload, p.variant, p.threads])).toEqual(
      SETTINGS.map((s) => ['W1', ...s]),
    );
    report.profiles.forEach(expectWhole);
  });

  test('--quick measures only the build that auto chooses, and --markdown prints Markdown', async () => {
    const flags = ['--quick', '--markdown', '--threads', '1', '--workloads', 'W1', '--seconds', '0.05'];
    const { code, stdout } = await run('bench', ...flags);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mini-llm on Node [\d.]+, .*\d+ cores?; medians\n/);
    expect(stdout).toMatch(/^\| W1 \| relaxed-threads(-wide)? \| 1 \| [\d,.]+ \| /m);
    expect(stdout).not.toMatch(/baseline|^\| W1 \| (threads|relaxed) \|/m);
  });

  test.each<[string, string[], RegExp]>([
    [
      'threads without a build that has them',
      ['--variant', 'baseline', '--threads', '2'],
      /The baseline build runs on one thread, so threads 2 cannot/,
    ],
    [
      'a context of one token',
      ['--contexts', '1'],
      /--contexts must be whole numbers from 2 to 8192, not "1"/,
    ],
    ['half a thread', ['--threads', '1,1.5'], /--threads must be whole numbers from 1 to 64, not "1.5"/],
    ['no time', ['--seconds', '0'], /--seconds must be above zero, not "0"/],
  ])('%s is refused', async (_, flags, sentence) => {
    const { code, stdout, stderr } = await run('bench', ...flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });
});

describe('bench --time_to', () => {
  const TEXT = 'learn.txt';
  beforeAll(() => fs.writeFileSync(path.join(folder, TEXT), english(20_000)));

  test('reports the step and the seconds at which each preset’s loss falls below the target', async () => {
    const flags = ['--time_to', '2.9', '--presets', 'quick', '--seeds', '2', '--threads', '1'];
    const { code, stdout, stderr } = await run('bench', TEXT, ...flags, '--json', 'time.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Training until the validation loss is below 2.9 nats per byte on learn.txt/);
    expect(stdout).toMatch(/^quick +2 +2 +[\d.]+ +[\d.]+ +2\.\d+$/m);
    expect(stderr).toMatch(/^quick, seed 1338, step 13: [\d.]+ nats per byte$/m);
    const report = JSON.parse(fs.readFileSync(path.join(folder, 'time.json'), 'utf8')) as TimeToReport;
    expect(report.runs.map(({ preset, seed, reached }) => [preset, seed, reached])).toEqual([
      ['quick', 1337, true],
      ['quick', 1338, true],
    ]);
    for (const { step, seconds, val_loss } of report.runs) {
      expect(step % 13).toBe(0);
      expect(seconds).toBeGreaterThan(0);
      expect(val_loss).toBeLessThan(2.9);
    }
  });

  test('a target out of reach ends with the run', async () => {
    const engine = await sharedEngine();
    const options = tiny({ max_steps: 6 });
    const looked: number[] = [];
    const found = await timeTo(engine, { preset: 'mine', options }, makeCorpus(english(3000)), 0.01, (step) =>
      looked.push(step),
    );
    expect(found).toMatchObject({ preset: 'mine', seed: options.seed, reached: false, step: 6 });
    expect(looked).toEqual([1, 2, 3, 4, 5, 6]);
    expect(summaries([found, { ...found, reached: true, seconds: found.seconds + 2 }])).toMatchObject([
      {
        preset: 'mine',
        seeds: 2,
        reached: 1,
        step: 6,
        seconds: expect.closeTo(found.seconds + 1, 5) as number,
      },
    ]);
  });

  test.each<[string, string[], RegExp]>([
    ['no text', ['--time_to', '2'], /--time_to needs a text file to learn/],
    ['a text without a target', [TEXT], /bench needs a text only with --time_to, but got learn\.txt/],
    [
      'no preset',
      [TEXT, '--time_to', '2', '--presets', 'cake'],
      /--presets must be among .*quick.*, not "cake"/,
    ],
    ['two numbers of threads', [TEXT, '--time_to', '2', '--threads', '1,2'], /--threads must be one number/],
  ])('%s is refused', async (_, flags, sentence) => {
    const { code, stdout, stderr } = await run('bench', ...flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });
});

describe('train --profile', () => {
  const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '20', '--eval_every', '10', '--profile'];
  beforeAll(() => fs.writeFileSync(path.join(folder, 'text.txt'), english(3000)));

  test('ends with a table of the operations', async () => {
    const { code, stdout } = await run(...TRAIN, '--out', 'said.safetensors');
    expect(code).toBe(0);
    expect(stdout).toContain('Time of each operation in 20 steps');
    expect(stdout).toMatch(/^operation +pass +calls +share +speed$/m);
    for (const op of OPERATIONS) expect(stdout).toMatch(new RegExp(`^${op} `, 'm'));
    expect(stdout).toMatch(/^adamw +update +1 +[\d.]+ % +[\d.]+ GB\/s$/m);
    expect(stdout).toMatch(/^\(the rest\) +[\d.]+ %$/m);
  });

  test('with --json is one more event, about the steps of this session', async () => {
    const half = [...TRAIN, '--json', '--out', 'json.safetensors', '--stop_at_step', '5'];
    expect(jsonLines((await run(...half)).stdout).at(-1)).toMatchObject({ event: 'profile', steps: 5 });
    const rest = ['train', 'text.txt', '--resume', 'json.safetensors', '--json', '--profile'];
    const events = jsonLines((await run(...rest)).stdout);
    expect(events.map((e) => e['event']).slice(-2)).toEqual(['done', 'profile']);
    const profile = events.at(-1) as unknown as StepProfile;
    expect(profile.steps).toBe(15);
    expectWhole(profile);
  });

  test('does not change the model', async () => {
    expect((await run(...TRAIN, '--out', 'with.safetensors')).code).toBe(0);
    expect((await run(...TRAIN.slice(0, -1), '--out', 'without.safetensors')).code).toBe(0);
    const [a, b] = ['with', 'without'].map((name) =>
      fs.readFileSync(path.join(folder, `${name}.safetensors`)),
    );
    expect(a?.equals(b!)).toBe(true);
  });
});
