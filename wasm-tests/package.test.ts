// The package, installed into an empty folder on a machine without compilers: command line, library, types and page.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { jsonLines, scratch } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));
const COMPILERS = ['emcc', 'em++', 'cmake', 'ninja', 'g++', 'c++', 'cc', 'make', 'tsc'];

const folder = scratch();
const home = path.join(folder, 'home');
const stubs = path.join(folder, 'stubs');

/** Runs a program in the empty folder, with failing stubs in place of the compilers. */
async function run(program: string, args: readonly string[], cwd = home): Promise<string> {
  const env = { ...process.env, PATH: `${stubs}:${path.dirname(process.execPath)}:${process.env.PATH}` };
  return (await promisify(execFile)(program, args, { cwd, env })).stdout;
}

interface Packed {
  filename: string;
  files: { path: string }[];
}

let packed: Packed;

beforeAll(async () => {
  for (const made of [home, stubs]) fs.mkdirSync(made);
  for (const name of COMPILERS)
    fs.writeFileSync(path.join(stubs, name), '#!/bin/sh\necho "no compiler here" >&2\nexit 1\n', {
      mode: 0o755,
    });
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  [packed] = JSON.parse(await run('npm', pack, CHECKOUT)) as [Packed];
  fs.writeFileSync(path.join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  const install = ['install', '--prefer-offline', '--omit=dev', '--no-audit', '--no-fund'];
  await run('npm', [...install, path.join(folder, packed.filename)]);
  fs.writeFileSync(path.join(home, 'text.txt'), english(4000));
});

const SHAPE = '--n_layer 1 --n_head 2 --n_embd 16 --seq_len 16 --batch_size 4 --max_steps 10'.split(' ');

test('it holds what runs and no sources', () => {
  const files = packed.files.map((file) => file.path);
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'bin/mini-llm.mjs',
      'build/cli/mini-llm.js',
      'build/library/mini-llm.js',
      'build/library/types/library.d.ts',
      'build/page/index.html',
    ]),
  );
  expect(
    files.filter((file) => /^build\/page\/wasm\/[0-9a-f]{10}\/mini-llm.*\.wasm$/.test(file)),
  ).toHaveLength(6);
  expect(files.filter((file) => /^build\/page\/assets\/viewer-[\w-]{8}\.html$/.test(file))).toHaveLength(1);
  expect(files.filter((file) => /^(cpp|web|tools|wasm-tests|research)\//.test(file))).toEqual([]);
});

test('its command line trains and generates', async () => {
  const trained = await run('npx', [
    '--no',
    'mini-llm',
    'train',
    'text.txt',
    ...SHAPE,
    '--json',
    '--out',
    'm.safetensors',
  ]);
  expect(jsonLines(trained).at(-1)).toMatchObject({ event: 'done', step: 10 });
  const generated = await run('npx', ['--no', 'mini-llm', 'generate', 'm.safetensors', '--prompt', 'The ']);
  expect(generated.length).toBeGreaterThan(4);
  await run('npx', ['--no', 'mini-llm', 'export', 'm.safetensors', '--to', 'html']);
  expect(fs.readFileSync(path.join(home, 'm.html'), 'utf8')).toContain('<title>m</title>');
});

test('the example trains ten steps and generates', async () => {
  fs.copyFileSync(path.join(CHECKOUT, 'examples/train-and-generate.mjs'), path.join(home, 'example.mjs'));
  const printed = await run('node', ['example.mjs', 'text.txt']);
  expect(printed).toMatch(/^step 10: loss \d+\.\d+$/m);
  expect(printed.trimEnd().split('\n').at(-1)!.length).toBeGreaterThan(0);
});

test('so does the script in the README', async () => {
  const readme = fs.readFileSync(path.join(CHECKOUT, 'README.md'), 'utf8');
  const script = [...readme.matchAll(/```js\n(.*?)```/gs)].find(([, code]) =>
    code!.includes("from 'mini-llm'"),
  )![1]!;
  fs.writeFileSync(path.join(home, 'readme.mjs'), script);
  expect((await run('node', ['readme.mjs'])).length).toBeGreaterThan(0);
});

test('its types are those of the engine', async () => {
  const script = "import { loadNodeEngine } from 'mini-llm';\n";
  fs.writeFileSync(
    path.join(home, 'right.ts'),
    `${script}export const n: number = (await loadNodeEngine()).threads;\n`,
  );
  fs.writeFileSync(
    path.join(home, 'wrong.ts'),
    `${script}export const n: string = (await loadNodeEngine()).threads;\n`,
  );
  const tsc = (file: string) =>
    run('node', [
      path.join(CHECKOUT, 'node_modules/typescript/bin/tsc'),
      ...'--ignoreConfig --noEmit --strict --module nodenext --target es2022 --lib es2023,esnext.disposable,dom'.split(
        ' ',
      ),
      file,
    ]);
  expect(await tsc('right.ts')).toBe('');
  await expect(tsc('wrong.ts')).rejects.toMatchObject({
    stdout: expect.stringContaining("'number' is not assignable") as string,
  });
});
