// The command line reads numbers like the page, and its messages name flags.

import fs from 'node:fs';
import path from 'node:path';
import { cli, jsonLines, scratch } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const SMALL = [
  '--preset',
  'nanogpt',
  '--n_layer',
  '１',
  '--n_head',
  '٢',
  '--n_embd',
  '16',
  '--seq_len',
  '16',
];

beforeAll(() => fs.writeFileSync(path.join(folder, 'text.txt'), english(4000)));

test('grouped, full-width and Arabic digits and a decimal comma are understood', async () => {
  const args = ['train', 'text.txt', ...SMALL, '--max_steps', '1,000', '--lr', '0,001', '--min_lr', '٠٫٠٠٠١'];
  const { code, stdout, stderr } = await cli(
    [...args, '--stop_at_step', '３', '--out', 'm.safetensors', '--json'],
    folder,
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ step: 3, max_steps: 1000 });
});

test('an ambiguous number is an error', async () => {
  const { code, stderr } = await cli(['train', 'text.txt', '--lr', '1,000', '--max_steps', '−5'], folder);
  expect(code).toBe(2);
  expect(stderr).toContain('--lr must be a number from 0 to 1000000, not "1,000", which could be 1000 or 1');
  expect(stderr).toContain('--max_steps must be a whole number from 1 to 100000000, not "−5".');
});
