// Input of the command line: spelling of flags, seeds, prompts, and standard input.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, cliReading, scratch, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string): string => path.join(folder, name);
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const TRAIN = [...TINY_FLAGS, '--max_steps', '10', '--eval_every', '5'];
const TEXT = english(3000);

beforeAll(async () => {
  fs.writeFileSync(at('text.txt'), TEXT);
  expect((await run('train', 'text.txt', ...TRAIN, '--out', 'm.safetensors')).code).toBe(0);
});

test('--version is the package’s', async () => {
  const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('flags belong to their command', () => {
  test('--json is a switch of train, though it takes a file in bench', async () => {
    const { code, stdout } = await run(
      'train',
      'text.txt',
      '--json',
      ...TINY_FLAGS,
      '--max-steps',
      '2',
      '--out',
      's.safetensors',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('"max_steps":2');
  });

  test('--json is a switch of generate and info too', async () => {
    const { stdout } = await run('generate', '--json', '--max-new-tokens', '3', 'm.safetensors');
    expect(JSON.parse(stdout)).toMatchObject({ tokens: 3 });
    expect(JSON.parse((await run('info', '--json', 'm.safetensors')).stdout)).toMatchObject({ step: 10 });
  });
});

describe('the seed of generate', () => {
  const GENERATE = ['generate', 'm.safetensors', '--max_new_tokens', '60', '--temp', '1'];

  test('is new each time, and the printed seed repeats the text', async () => {
    const [one, other] = [await run(...GENERATE), await run(...GENERATE)];
    expect(one.stdout).not.toBe(other.stdout);
    const seed = /^Seed (\d+): --seed \1 generates this text again\.\n$/.exec(one.stderr)![1]!;
    expect(await run(...GENERATE, '--seed', seed)).toEqual({ code: 0, stdout: one.stdout, stderr: '' });
  });

  test('is in the JSON', async () => {
    const { stdout, stderr } = await run(...GENERATE, '--json');
    const { text, seed } = JSON.parse(stdout) as { text: string; seed: number };
    expect(stderr).toBe('');
    expect((await run(...GENERATE, '--seed', String(seed))).stdout).toBe(text);
  });

  test('of train is fixed by default', async () => {
    expect((await run('train', 'text.txt', ...TRAIN, '--out', 'again.safetensors')).code).toBe(0);
    expect(fs.readFileSync(at('again.safetensors')).equals(fs.readFileSync(at('m.safetensors')))).toBe(true);
  });
});

describe('a prompt', () => {
  const GENERATE = ['generate', 'm.safetensors', '--max_new_tokens', '3', '--json'];
  const promptOf = ({ stdout }: Outcome): string => (JSON.parse(stdout) as { prompt: string }).prompt;

  test('reads \\n as --stop does', async () => {
    expect(promptOf(await run(...GENERATE, '--prompt', String.raw`a\nb\\n\t`))).toBe('a\nb\\n\\t');
  });

  test.each<[string, string | Uint8Array, string]>([
    ['as it is', 'one\\n\ntwo \n', 'one\\n\ntwo \n'],
    ['without a byte order mark, with line feeds', '\ufeffone\r\ntwo\rthree', 'one\ntwo\nthree'],
    ['in UTF-16, as PowerShell writes it', Buffer.from('\ufeffé\r\n', 'utf16le'), 'é\n'],
    ['though it is empty', '', ''],
  ])('comes from a file or standard input %s', async (_, bytes, prompt) => {
    fs.writeFileSync(at('prompt.txt'), bytes);
    expect(promptOf(await run(...GENERATE, '--prompt_file', 'prompt.txt'))).toBe(prompt);
    expect(promptOf(await cliReading(bytes, [...GENERATE, '--prompt-file', '-'], folder))).toBe(prompt);
  });

  test('of live samples can come from a file too', async () => {
    fs.writeFileSync(at('prompt.txt'), 'the king');
    const sample = ['--prompt_file', 'prompt.txt', '--sample_every', '10', '--max_new_tokens', '3'];
    const { stdout } = await run('train', 'text.txt', ...TRAIN, ...sample, '--out', 'live.safetensors');
    expect(stdout).toMatch(/--- sample at step 10 ---\nthe king/);
  });

  test('that cannot be read is an error', async () => {
    fs.writeFileSync(at('latin.txt'), new Uint8Array([0x63, 0x61, 0x66, 0xe9]));
    expect(await run(...GENERATE, '--prompt', 'a', '--prompt_file', 'latin.txt')).toMatchObject({
      code: 2,
      stderr: 'mini-llm: --prompt and --prompt_file cannot be combined; leave one of them out.\n',
    });
    for (const [file, sentence] of [
      ['latin.txt', /latin\.txt does not look like text: it is not in UTF-8/],
      ['nowhere.txt', /There is no file nowhere\.txt; expected a prompt/],
    ] as const) {
      const { code, stderr } = await run(...GENERATE, '--prompt_file', file);
      expect(code).toBe(1);
      expect(stderr).toMatch(sentence);
    }
  });
});

describe('train - reads the text from standard input', () => {
  test('as from a file', async () => {
    const { code } = await cliReading(TEXT, ['train', '-', ...TRAIN, '--out', 'piped.safetensors'], folder);
    expect(code).toBe(0);
    expect(fs.readFileSync(at('piped.safetensors')).equals(fs.readFileSync(at('m.safetensors')))).toBe(true);
  });

  test('and refuses empty input, and a prompt from there too', async () => {
    const train = ['train', '-', ...TRAIN, '--out', 'new.safetensors'];
    expect((await cliReading('', train, folder)).stderr).toMatch(/^mini-llm: Standard input is empty/);
    const both = await cliReading(TEXT, [...train, '--prompt_file', '-'], folder);
    expect(both).toMatchObject({ code: 2 });
    expect(both.stderr).toMatch(/cannot be both the text and the prompt/);
    expect(fs.existsSync(at('new.safetensors'))).toBe(false);
  });
});
