// mini-llm inspect: what could come next, attention, the lens and ablation, as text and as JSON.

import fs from 'node:fs';
import path from 'node:path';
import { cli, jsonLines, scratch, TINY_FLAGS, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const inspect = (...args: string[]): Promise<Outcome> =>
  cli(['inspect', 'm.safetensors', '--variant', 'baseline', ...args], folder);

beforeAll(async () => {
  fs.writeFileSync(path.join(folder, 'text.txt'), english(3000));
  const { code } = await cli(
    ['train', 'text.txt', ...TINY_FLAGS, '--n_layer', '2', '--max_steps', '60', '--out', 'm.safetensors'],
    folder,
  );
  expect(code).toBe(0);
});

test('prints bars of the likeliest tokens, and which of them the filters drop', async () => {
  const { code, stdout, stderr } = await inspect('--prompt', 'the old', '--top_k', '3');
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('Next token: 3 tokens of 256 can be drawn.');
  expect(lines[2]).toMatch(/^token +model +sampler$/);
  const rows = lines.slice(4);
  expect(rows).toHaveLength(10);
  expect(rows[0]).toMatch(/^".+" +\d+\.\d % +█+ +\d+\.\d % +█+$/);
  expect(rows.slice(3).every((row) => row.includes('dropped'))).toBe(true);
});

test('prints the other views when asked', async () => {
  const { code, stdout } = await inspect('--prompt', 'the old', '--attention', '--lens', '--ablate');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^embedding {2}".+" \d+\.\d %/m);
  expect(stdout).toMatch(/^layer 2 {4}".+" \d+\.\d %/m);
  expect(stdout).toMatch(/^2 +2 +at .+ +".+" at \d, \d+\.\d %; /m);
  expect(stdout).toMatch(/^The loss of this text is \d\.\d{3} nats per token\./m);
  expect(stdout).toMatch(/^layer 1 +[+−]\d\.\d{3} +[+−]\d\.\d{3} +[+−]\d\.\d{3}$/m);
});

test('--json holds every number', async () => {
  const { code, stdout } = await inspect(
    '--prompt',
    'the old',
    '--attention',
    '--lens',
    '--ablate',
    '--json',
  );
  expect(code).toBe(0);
  const [found] = jsonLines(stdout) as unknown as {
    tokens: { id: number; text: string; probability?: number }[];
    next: { candidates: { text: string; bytes: number[]; before: number; after: number }[] };
    attention: { weights: number[][][][]; heads: { kind: string; share: number }[][] };
    lens: { layer: number; candidates: object[] }[];
    ablation: { loss: number; heads: number[][]; layers: number[] };
  }[];
  expect(found!.tokens.map(({ text }) => text).join('')).toBe('the old');
  expect(found!.tokens.map(({ probability }) => typeof probability)).toEqual([
    'undefined',
    ...Array<string>(6).fill('number'),
  ]);
  expect(found!.next.candidates[0]).toMatchObject({ before: found!.next.candidates[0]!.before });
  const { weights, heads } = found!.attention;
  expect([weights.length, weights[0]!.length, weights[0]![0]!.length]).toEqual([2, 2, 7]);
  for (const row of weights.flat(2)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect(heads.flat()).toHaveLength(4);
  expect(found!.lens).toHaveLength(3);
  const loss = found!.tokens.slice(1).reduce((sum, { probability }) => sum - Math.log(probability!), 0) / 6;
  expect(found!.ablation.loss).toBeCloseTo(loss, 4);
  expect(found!.ablation.heads.flat()).toHaveLength(4);
});

test('--embeddings shows the nearest tokens of those in the text', async () => {
  const { stdout } = await inspect('--prompt', 'the old', '--embeddings');
  expect(stdout).toMatch(/^"e" +vowel +(".+" -?\d\.\d\d {2}){4}".+" -?\d\.\d\d$/m);
  const { stdout: json } = await inspect('--prompt', 'the old', '--embeddings', '--json');
  const [{ embeddings }] = jsonLines(json) as unknown as [
    { embeddings: { tokens: { text: string }[]; explained: number[]; neighbors: { id: number }[][] } },
  ];
  expect(embeddings.tokens.map(({ text }) => text).join('')).toBe('the old');
  expect(embeddings.neighbors.map((near) => near.length)).toEqual(Array(7).fill(5));
  expect(embeddings.explained[0]).toBeGreaterThan(embeddings.explained[1]!);
});

test('--cache_race times both lanes, and says what each computes', async () => {
  const race = ['--prompt', 'the old', '--cache_race', '--seed', '1'];
  const { code, stdout } = await inspect(...race);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^The KV cache race: 16 tokens with the cache and without it; both wrote the same text\./m,
  );
  expect(stdout).toMatch(/^1 +\d+\.\d{3} +\d+\.\d{3} +7 +7$/m);
  expect(stdout).toMatch(/^5 +\d+\.\d{3} +\d+\.\d{3} +1 +11$/m);
  expect(stdout).toMatch(/^tokens\/s +[\d.,]+ +[\d.,]+$/m);
  const { stdout: json } = await inspect(...race, '--max_new_tokens', '5', '--json');
  const [{ cache_race }] = jsonLines(json) as unknown as [
    { cache_race: Record<'on' | 'off', { text: string; steps: { ms: number; computed: number }[] }> },
  ];
  expect(cache_race.on.text).toBe(cache_race.off.text);
  expect(cache_race.off.steps.map(({ computed }) => computed)).toEqual([7, 8, 9, 10, 11]);
});

test('a text past the context is cut, and a note says so', async () => {
  const { stderr, stdout } = await inspect('--prompt', 'the old king sees the cat', '--json');
  expect(stderr).toBe('The text has 25 tokens; the model sees the last 16 of them.\n');
  expect((jsonLines(stdout)[0] as { tokens: unknown[] }).tokens).toHaveLength(16);
});

test('refuses what it cannot look at, with a sentence', async () => {
  expect(await inspect()).toMatchObject({
    code: 2,
    stderr: 'mini-llm: Give a text to look at with --prompt or --prompt_file.\n',
  });
  expect(await inspect('--prompt', 'a', '--ablate')).toMatchObject({
    code: 2,
    stderr: 'mini-llm: --ablate compares losses, which need two tokens or more, and the text has 1.\n',
  });
});
