// A learning rate that breaks the weights: every saved model can still generate.

import fs from 'node:fs';
import path from 'node:path';
import { cli, jsonLines, scratch, TINY_FLAGS } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const text = path.join(folder, 'text.txt');
beforeAll(() => fs.writeFileSync(text, english(3000)));

const WILD = '--lr 1000 --min_lr 1000 --warmup_steps 0 --val_fraction 0 --max_steps 50'.split(' ');

const train = (...flags: string[]) => cli(['train', text, ...TINY_FLAGS, ...WILD, ...flags], folder);

async function expectGenerates(file: string): Promise<void> {
  const { code, stdout } = await cli(
    ['generate', file, '--seed', '1', '--max_new_tokens', '9', '--json'],
    folder,
  );
  expect(code).toBe(0);
  expect(jsonLines(stdout)[0]).toMatchObject({ tokens: 9 });
}

test('a run that stops just before a NaN loss saves weights that can generate', async () => {
  const codes = new Set<number | null>();
  for (let stop_at_step = 1; stop_at_step <= 8; stop_at_step++) {
    const out = `stop-${stop_at_step}.safetensors`;
    const { code, stderr } = await train('--out', out, '--stop_at_step', String(stop_at_step));
    codes.add(code);
    if (code !== 0)
      expect(stderr).toMatch(
        /so training has stopped and the weights of step \d+ are kept, the newest that can generate/,
      );
    if (fs.existsSync(path.join(folder, out))) await expectGenerates(out);
  }
  expect(codes).toEqual(new Set([0, 1]));
});

test('saving at every step never replaces a good file by a broken one, and the run can be resumed', async () => {
  const { code, stderr } = await train('--out', 'every.safetensors', '--save_every', '1');
  expect(code).toBe(1);
  expect(stderr).toMatch(/try a lower lr than 1000, or a longer warm-up/);
  await expectGenerates('every.safetensors');
  const flags = '--lr 0.001 --min_lr 0.001'.split(' ');
  const resumed = await cli(['train', text, '--resume', 'every.safetensors', ...flags], folder);
  expect(resumed.code).toBe(0);
  await expectGenerates('every.safetensors');
});

test('without validation the run also ends as failed', async () => {
  const { code, stdout } = await train('--out', 'whole.safetensors', '--json');
  const end = jsonLines(stdout).at(-1)!;
  expect([code, end['event']]).toEqual([1, 'failed']);
});
