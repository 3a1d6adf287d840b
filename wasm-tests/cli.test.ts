import fs from 'node:fs';
import path from 'node:path';
import { OPTIONS } from '../web/engine/options.ts';
import { TINY_FLAGS, cli, jsonLines, scratch, start, type Outcome } from './helpers/cli.ts';
import { EMOJI, KOREAN, WINDOWS, english } from './helpers/texts.ts';

const folder = scratch();
const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '20', '--eval_every', '10'];
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const bytes = (name: string): Buffer => fs.readFileSync(path.join(folder, name));

beforeAll(async () => {
  fs.writeFileSync(path.join(folder, 'text.txt'), english(3000));
  const made = await run(...TRAIN, '--out', 'model.safetensors');
  expect(made).toMatchObject({ code: 0 });
});

describe('help', () => {
  test('of train has a flag for every option', async () => {
    const { code, stdout } = await run('train', '--help');
    expect(code).toBe(0);
    for (const { name } of OPTIONS) expect(stdout).toContain(`--${name}`);
    expect(stdout).toContain('--no-cache');
  });

  test('names every command', async () => {
    const { stdout } = await run('--help');
    for (const command of ['train', 'generate', 'info', 'bench']) expect(stdout).toContain(`  ${command} `);
  });
});

describe('train', () => {
  test('prints what it does, where the model is saved and what to run next', async () => {
    const { code, stdout, stderr } = await run(
      ...TRAIN,
      '--out',
      'said.safetensors',
      '--sample_every',
      '10',
      '--max_new_tokens',
      '5',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/1 layer, 2 heads, width 16, context 16/);
    expect(stderr).toMatch(/Done .*20 steps.*validation loss \d\.\d+ nats per byte/);
    expect(stderr).toContain('npx mini-llm generate said.safetensors');
    expect(stdout).toMatch(/--- sample at step 10 ---[^]*--- sample at step 20 ---/);
  });

  test('--json prints one object per line', async () => {
    const { code, stdout, stderr } = await run(
      ...TRAIN,
      '--out',
      'json.safetensors',
      '--json',
      '--sample_every',
      '20',
      '--max_new_tokens',
      '5',
    );
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const events = jsonLines(stdout);
    const kinds = events.map((e) => e['event']);
    expect(kinds.filter((k) => k === 'step')).toHaveLength(20);
    expect(kinds.filter((k) => k === 'eval')).toHaveLength(2);
    expect(kinds.filter((k) => k === 'sample')).toHaveLength(1);
    expect(kinds.at(-1)).toBe('done');
    for (const name of [
      'step',
      'train_loss',
      'val_loss',
      'val_bits_per_byte',
      'lr',
      'tokens_per_s',
      'elapsed_s',
    ])
      expect(typeof events.at(-1)?.[name]).toBe('number');
  });

  test('twice gives the same file, however its flags are spelled', async () => {
    const dashes = TRAIN.map((word) =>
      word.startsWith('--') ? word.slice(0, 2) + word.slice(2).replaceAll('_', '-') : word,
    );
    expect((await run(...dashes, '--out=again.safetensors', '--save-every=3')).code).toBe(0);
    expect(bytes('again.safetensors').equals(bytes('model.safetensors'))).toBe(true);
  });

  test.each([[[]], [['--reproducible']]])('on two threads gives the same file as on one %j', async (more) => {
    const files = ['1', '2'].map((n) => `threads-${n}${more.join('')}.safetensors`);
    for (const [i, out] of files.entries())
      expect((await run(...TRAIN, ...more, '--threads', String(i + 1), '--out', out)).code).toBe(0);
    expect(bytes(files[1]!).equals(bytes(files[0]!))).toBe(true);
    if (more.length === 0) expect(bytes(files[0]!).equals(bytes('model.safetensors'))).toBe(true);
  });

  test('stopping at a step and resuming gives the same file', async () => {
    const { code, stderr } = await run(...TRAIN, '--stop_at_step', '7', '--out', 'part.safetensors');
    expect(code).toBe(0);
    expect(stderr).toContain('npx mini-llm train text.txt --resume part.safetensors');
    expect((await run('train', 'text.txt', '--resume', 'part.safetensors')).code).toBe(0);
    expect(bytes('part.safetensors').equals(bytes('model.safetensors'))).toBe(true);
  });

  test('without --out uses a free name and replaces no file', async () => {
    const before = bytes('model.safetensors');
    const { stderr } = await run(...TRAIN, '--max_steps', '3');
    expect(stderr).toContain('model-2.safetensors');
    expect(bytes('model.safetensors').equals(before)).toBe(true);
    expect(fs.existsSync(path.join(folder, 'model-2.safetensors'))).toBe(true);
  });

  test('follows a link to the model file', async () => {
    expect((await run(...TRAIN, '--max_steps', '2', '--out', 'real.safetensors')).code).toBe(0);
    fs.symlinkSync('real.safetensors', path.join(folder, 'link.safetensors'));
    expect((await run(...TRAIN, '--out', 'link.safetensors')).code).toBe(0);
    expect(fs.lstatSync(path.join(folder, 'link.safetensors')).isSymbolicLink()).toBe(true);
    expect(bytes('real.safetensors').equals(bytes('model.safetensors'))).toBe(true);
  });

  test('a preset is a set of options', async () => {
    expect(
      (
        await run(
          'train',
          'text.txt',
          '--preset',
          'nanogpt',
          '--max_steps',
          '1',
          '--out',
          'classic.safetensors',
        )
      ).code,
    ).toBe(0);
    const info = JSON.parse((await run('info', 'classic.safetensors', '--json')).stdout) as {
      config: object;
    };
    expect(info.config).toMatchObject({ arch: 'gpt2', n_layer: 4, n_embd: 128 });
  });

  test('old names of flags are still read', async () => {
    const flags = ['--preset=nanogpt', '--stop-at', '1', '--out', 'old.safetensors'];
    expect((await run('train', 'text.txt', ...flags)).code).toBe(0);
    const { stdout } = await run('info', 'old.safetensors', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ step: 1, config: { arch: 'gpt2', n_layer: 4 } });
    expect((await run('train', '--help')).stdout).not.toMatch(/--stop_at /);
  });

  test.each([
    ['Korean', KOREAN],
    ['emoji', EMOJI],
    ['Windows', WINDOWS],
  ])('%s text trains and generates', async (name, text) => {
    fs.writeFileSync(path.join(folder, `${name}.txt`), text);
    expect(
      (await run('train', `${name}.txt`, ...TINY_FLAGS, '--max_steps', '100', '--out', `${name}.safetensors`))
        .code,
    ).toBe(0);
    const { code, stdout } = await run(
      'generate',
      `${name}.safetensors`,
      '--prompt',
      text.slice(0, 4),
      '--temp',
      '0',
      '--json',
    );
    expect(code).toBe(0);
    const { text: said, tokens } = JSON.parse(stdout) as { text: string; tokens: number };
    expect(tokens).toBe(300);
    expect(said.length).toBeGreaterThan(50);
  });
});

describe('generate', () => {
  const GENERATE = 'generate model.safetensors --max_new_tokens 80 --seed 7 --prompt'
    .split(' ')
    .concat('the ');

  test('prints the continuation, the same for the same seed', async () => {
    const { code, stdout, stderr } = await run(...GENERATE);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(new TextEncoder().encode(stdout).length).toBeGreaterThan(40);
    expect((await run(...GENERATE)).stdout).toBe(stdout);
    expect((await run(...GENERATE, '--seed', '2')).stdout).not.toBe(stdout);
  });

  test('--json prints the same text, the number of tokens and the speed', async () => {
    const plain = await run(...GENERATE);
    const { stdout } = await run(...GENERATE, '--json');
    const said = JSON.parse(stdout) as { text: string; tokens: number; tokens_per_s: number };
    expect(said).toMatchObject({ text: plain.stdout, tokens: 80 });
    expect(said.tokens_per_s).toBeGreaterThan(0);
  });

  test('generates the same text with and without the cache', async () => {
    const [on, off, dashed] = await Promise.all([
      run(...GENERATE, '--cache'),
      run(...GENERATE, '--no-cache'),
      run(...GENERATE, '--no_cache'),
    ]);
    expect(off.stdout).toBe(on.stdout);
    expect(dashed.stdout).toBe(on.stdout);
  });

  test('with int8 weights generates the same text with and without the cache', async () => {
    const [on, off] = await Promise.all([
      run(...GENERATE, '--int8'),
      run(...GENERATE, '--int8', '--no-cache'),
    ]);
    expect(on).toMatchObject({ code: 0, stderr: '' });
    expect(new TextEncoder().encode(on.stdout).length).toBeGreaterThan(40);
    expect(off.stdout).toBe(on.stdout);
  });

  test('prints several samples one after the other, the first the same as alone', async () => {
    const plain = await run(...GENERATE);
    const { code, stdout, stderr } = await run(...GENERATE, '--n', '3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const texts = stdout.split(/^--- sample \d of 3 ---\n/m);
    expect(stdout.match(/^--- sample \d/gm)).toEqual(['--- sample 1', '--- sample 2', '--- sample 3']);
    expect(texts).toHaveLength(4);
    expect(texts[0]).toBe('');
    expect(texts[1]!.replace(/\n$/, '')).toBe(plain.stdout.replace(/\n$/, ''));
    expect(new Set(texts).size).toBe(4);
    expect(stdout.endsWith('\n')).toBe(true);
  });

  test('--json prints several samples as a list', async () => {
    const plain = await run(...GENERATE);
    const said = JSON.parse((await run(...GENERATE, '--n', '3', '--json')).stdout) as {
      samples: { text: string; tokens: number; reason: string }[];
      tokens: number;
    };
    expect(said.tokens).toBe(240);
    expect(said.samples).toHaveLength(3);
    expect(said.samples[0]).toEqual({ text: plain.stdout, tokens: 80, reason: 'length' });
    expect(said).not.toHaveProperty('text');
  });

  test('ends at the earliest of several stop texts', async () => {
    const { stdout } = await run(...GENERATE);
    const early = stdout.slice(10, 12);
    const stopped = await run(
      ...GENERATE,
      '--stop',
      stdout.slice(30, 33),
      '--stop',
      early,
      '--stop',
      'never',
    );
    expect(stopped).toMatchObject({ code: 0, stdout: stdout.slice(0, stdout.indexOf(early)) });
    expect((await run(...GENERATE, '--stop', '')).stdout).toBe(stdout);
  });

  test('accepts a line feed as a stop text, also written as \\n', async () => {
    const free = await run(...GENERATE, '--max_new_tokens', '300', '--prompt', 'the king sees my aunt');
    const line = free.stdout.split('\n')[0];
    expect(free.stdout).toContain('\n');
    for (const feed of ['\n', String.raw`\n`]) {
      const flags = ['--max_new_tokens', '300', '--prompt', 'the king sees my aunt', '--stop', feed];
      expect((await run(...GENERATE, ...flags)).stdout).toBe(line);
    }
  });

  test('min-p and the repetition penalty change the text', async () => {
    const { stdout } = await run(...GENERATE);
    const greedy = await run(...GENERATE, '--temp', '0');
    expect((await run(...GENERATE, '--min-p', '1')).stdout).toBe(greedy.stdout);
    expect((await run(...GENERATE, '--repetition-penalty', '1.3')).stdout).not.toBe(stdout);
  });

  test('accepts a prompt that looks like a flag, an empty one and one that is too long', async () => {
    expect(
      (await run('generate', 'model.safetensors', '--prompt', '--top-k', '--max_new_tokens', '5')).code,
    ).toBe(0);
    expect((await run('generate', 'model.safetensors', '--prompt', '', '--max_new_tokens', '5')).code).toBe(
      0,
    );
    const long = await run('generate', 'model.safetensors', '--prompt', english(40), '--max_new_tokens', '5');
    expect(long).toMatchObject({ code: 0 });
    expect(long.stderr).toContain('The prompt has 40 tokens and the model sees 16 at once');
  });

  test('streams, and ends without an error when the reader exits', async () => {
    const { child, done, printed } = start(
      ['generate', 'model.safetensors', '--max_new_tokens', '10000000', '--seed', '1'],
      folder,
    );
    await printed('e');
    child.stdout.destroy();
    expect(await done).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('info', () => {
  test('is readable', async () => {
    const { code, stdout } = await run('info', 'model.safetensors');
    expect(code).toBe(0);
    for (const part of [
      '1 layer, 2 heads, width 16',
      'seq_len 16',
      'vocab_size 256',
      'byte',
      'step 20 of 20',
      'SHA-256',
      'seed 1337',
    ])
      expect(stdout).toContain(part);
  });

  test('--json lists the tensors', async () => {
    const info = JSON.parse((await run('info', 'model.safetensors', '--json')).stdout) as Record<
      string,
      unknown
    >;
    expect(info).toMatchObject({
      step: 20,
      max_len: 16,
      vocab_size: 256,
      tokenizer: 'byte',
      file_bytes: bytes('model.safetensors').length,
    });
    expect(info['tensors']).toContainEqual({ name: 'wte.weight', shape: [256, 16] });
  });
});

test('a run that ended early prints the step of its weights, also in info, and saves the best and the last ones', async () => {
  fs.writeFileSync(path.join(folder, 'two-kinds.txt'), english(2000) + 'z'.repeat(500));
  const early = '--max_steps 400 --eval_every 5 --patience 2 --val_fraction 0.2'.split(' ');
  const outs = ['--out', 'best.safetensors', '--out_last', 'last.safetensors'];
  const { code, stderr } = await run('train', 'two-kinds.txt', ...TINY_FLAGS, ...early, ...outs);
  expect(code).toBe(0);
  const [, last, best] = /Ended +(\d+) steps of 400 in .*, with the weights of step (\d+);/.exec(stderr)!;
  expect(stderr).toMatch(new RegExp(`the weights of step ${last} are in last\\.safetensors`));
  expect((await run('info', 'best.safetensors')).stdout).toContain(
    `step ${last} of 400, with the weights of step ${best}, which validated best\n`,
  );
  expect((await run('info', 'last.safetensors')).stdout).toContain(`step ${last} of 400\n`);
});
