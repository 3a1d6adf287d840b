// examples/distributed continues a run in PyTorch, in one process and in two, or begins one, with the losses of the command
// line, and writes a file that the command line opens, continues and generates from.

import fs from 'node:fs';
import path from 'node:path';
import { cli, jsonLines, sharedScratch } from './helpers/cli.ts';
import { figure, largest } from './helpers/figures.ts';
import { pythonsWithTorch, trainWithTorch } from './helpers/pytorch.ts';
import { RUSSIAN, english } from './helpers/texts.ts';

type Event = Record<string, unknown>;

/** A model of two layers whose steps take milliseconds. */
const SHAPE = '--n_layer 2 --n_head 4 --n_embd 32 --seq_len 24';
const RUN = '--max_steps 40 --eval_every 5 --eval_batches 2 --warmup_steps 15';
/** A batch of 5 does not split evenly between two processes. */
const GPT2 = '--arch gpt2 --tokenizer byte --optimizer adamw --lr 0.01 --dropout 0.1 --batch_size 5';
const SAVED = ['config', 'options', 'step', 'val_step', 'best_step', 'corpus_sha256', 'tokenizer'];

const [python] = pythonsWithTorch();
const describeWithTorch = python ? describe : describe.skip;
if (!python)
  console.warn('PyTorch is not installed, so these tests are skipped; run "npm run setup -- --tests".');

const folder = sharedScratch();
const file = (name: string): string => path.join(folder, name);

/** Runs the command line; throws what it says if it fails. */
async function ours(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(args, folder);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const begin = (out: string, flags: string): Promise<string> =>
  ours('train', 'text.txt', ...flags.split(' '), '--stop_at_step', '6', '--out', out);

const until = (step: number): string[] => ['--stop_at_step', String(step), '--json'];

/** The steps and evaluations of --json: notes depend on the machine. */
const lossEvents = (stdout: string): Event[] =>
  jsonLines(stdout).filter(({ event }) => event === 'step' || event === 'eval');

const resume = async (from: string, out: string, step: number): Promise<Event[]> =>
  lossEvents(await ours('train', 'text.txt', '--resume', from, '--out', out, ...until(step)));

async function resumeWithTorch(processes: number, from: string, out: string, step: number): Promise<Event[]> {
  const args = [file('text.txt'), '--resume', file(from), '--out', file(out), ...until(step)];
  return lossEvents(await trainWithTorch(python!, processes, args));
}

const infoOf = async (model: string): Promise<Event> => jsonLines(await ours('info', model, '--json'))[0]!;

const NUMBERS = ['train_loss', 'val_loss', 'train_bits_per_byte', 'val_bits_per_byte', 'lr'];

/** Expects the same steps and evaluations, with every number within 1e-4. */
function expectSameLosses(found: Event[], expected: Event[]): void {
  const named = (events: Event[]): string[] =>
    events.map(({ event, step }) => `${String(event)} ${String(step)}`);
  expect(named(found)).toEqual(named(expected));
  const differences = found.flatMap((event, i) =>
    NUMBERS.filter((name) => typeof event[name] === 'number').map((name) =>
      Math.abs((event[name] as number) - (expected[i]![name] as number)),
    ),
  );
  expect(differences.length).toBeGreaterThan(2 * found.length);
  expect(largest(differences)).toBeLessThan(1e-4);
  const losses = (events: Event[]): string => events.map((event) => event['train_loss']).join(' ');
  figure(`training losses ${losses(found)}; ours ${losses(expected)}`);
}

describeWithTorch('a run in PyTorch', () => {
  let expected: Event[];
  beforeAll(async () => {
    fs.writeFileSync(file('text.txt'), RUSSIAN + english(6000));
    await begin('gpt2.safetensors', `${SHAPE} ${RUN} ${GPT2}`);
    expected = await resume('gpt2.safetensors', 'ours.safetensors', 11);
    expect(expected.map(({ event }) => event)).toEqual(['step', 'step', 'step', 'step', 'eval', 'step']);
  });

  test.each([1, 2])('has the losses of the command line: GPT-2, AdamW, processes: %i', async (processes) => {
    const out = `torch-${processes}.safetensors`;
    expectSameLosses(await resumeWithTorch(processes, 'gpt2.safetensors', out, 11), expected);
  });

  test('comes back to the command line', async () => {
    const [back, stayed] = ['torch.safetensors', 'ours.safetensors'];
    await resumeWithTorch(1, 'gpt2.safetensors', back, 11);
    const [written, own] = [await infoOf(back), await infoOf(stayed)];
    expect(own).toMatchObject({ step: 11, has_optimizer: true });
    for (const field of [...SAVED, 'has_optimizer'])
      expect([field, written[field]]).toEqual([field, own[field]]);
    const [found, next] = [
      await resume(back, 'a.safetensors', 16),
      await resume(stayed, 'b.safetensors', 16),
    ];
    expectSameLosses(found, next);
    const generate = ['--prompt', 'the', '--max_new_tokens', '20'];
    expect((await ours('generate', back, ...generate)).length).toBeGreaterThan(5);
  });

  test('begins from the weights of a model, with the defaults and the losses of the command line', async () => {
    const flags = '--max_steps 5 --eval_every 5 --eval_batches 2 --freeze_layers 1 --json'.split(' ');
    const begins = (out: string): string[] => [
      '--init_from',
      file('gpt2.safetensors'),
      ...flags,
      '--out',
      out,
    ];
    const found = await trainWithTorch(python!, 1, [file('text.txt'), ...begins(file('new.safetensors'))]);
    const own = await ours('train', 'text.txt', ...begins('ours-new.safetensors'));
    expectSameLosses(lossEvents(found), lossEvents(own));
    expect((await infoOf('new.safetensors'))['options']).toEqual(
      (await infoOf('ours-new.safetensors'))['options'],
    );
  });

  test('has the losses of the command line: Qwen3 with the default options', async () => {
    await begin('qwen3.safetensors', `${SHAPE} ${RUN}`);
    expect(await infoOf('qwen3.safetensors')).toMatchObject({
      config: { arch: 'qwen3' },
      options: { optimizer: 'muon' },
    });
    const found = await resumeWithTorch(1, 'qwen3.safetensors', 'torch-qwen3.safetensors', 11);
    expectSameLosses(found, await resume('qwen3.safetensors', 'ours-qwen3.safetensors', 11));
  });
});
