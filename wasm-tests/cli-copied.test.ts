// mini-llm generate --copied: what a text repeats of the training text.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, jsonLines, scratch } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string) => path.join(folder, name);
const run = (...args: string[]) => cli(args, folder);

describe('generate --copied', () => {
  const GENERATE = ['generate', 'm.safetensors', '--max_new_tokens', '300', '--temp', '0.1', '--seed', '1'];

  beforeAll(async () => {
    fs.writeFileSync(at('m.txt'), english(3000));
    const many = [
      ...TINY_FLAGS,
      ...'--n_embd 48 --seq_len 32 --batch_size 8 --max_steps 400 --lr 0.005'.split(' '),
    ];
    expect((await run('train', 'm.txt', ...many, '--out', 'm.safetensors')).code).toBe(0);
  });

  test('says what share is copied, and where the longest piece comes from', async () => {
    const { code, stdout, stderr } = await run(...GENERATE, '--copied', 'm.txt');
    expect(code).toBe(0);
    const [, piece = ''] = /The longest piece has \d+ characters: “([^”]*)”/.exec(stderr) ?? [];
    expect(piece.length).toBeGreaterThanOrEqual(24);
    const lines = piece.replaceAll('␊', '\n');
    expect(stdout).toContain(lines);
    expect(english(3000)).toContain(lines);
    expect(stderr).toMatch(/\d% of the text is copied from the training text\./);
    expect(stderr).toContain(`[${piece}]`);
  });

  test('is in the JSON', async () => {
    const { stdout } = await run(...GENERATE, '--copied', 'm.txt', '--json');
    const [{ text, copied }] = jsonLines(stdout) as unknown as [
      {
        text: string;
        copied: {
          share: number;
          longest: Record<'text' | 'before' | 'after', string> & Record<'start' | 'end' | 'position', number>;
        };
      },
    ];
    const { longest } = copied;
    expect(copied.share).toBeGreaterThan(0);
    expect(copied.share).toBeLessThanOrEqual(1);
    expect(text.slice(longest.start, longest.end)).toBe(longest.text);
    expect(english(3000)).toContain(longest.before + longest.text + longest.after);
    expect(english(3000).startsWith(longest.text, longest.position)).toBe(true);
  });
});
