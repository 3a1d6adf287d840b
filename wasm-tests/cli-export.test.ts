// mini-llm export: its table of formats, names of outputs, and what it refuses to replace.

import fs from 'node:fs';
import path from 'node:path';
import { EXPORT_FORMATS } from '../web/engine/export/formats.ts';
import { cli, cliWithin, scratch, start, TINY_FLAGS, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const at = (...names: string[]): string => path.join(folder, ...names);
const HF = [
  'README.md',
  'config.json',
  'generation_config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
];

beforeAll(async () => {
  fs.writeFileSync(at('text.txt'), english(4000));
  fs.writeFileSync(at('other.html'), '<!doctype html><title>A diary</title>');
  const done = await run('train', 'text.txt', ...TINY_FLAGS, '--max_steps', '5', '--out', 'm.safetensors');
  expect(done.code).toBe(0);
});

function listing(name: string): string[] {
  return fs.readdirSync(at(name)).sort();
}

async function refused(sentence: RegExp, ...args: string[]): Promise<void> {
  const outcome = await run('export', ...args);
  expect(outcome.stderr).toMatch(/^mini-llm: [^\n]*\.\n$/);
  expect(outcome.stderr).toMatch(sentence);
  expect(outcome.code).not.toBe(0);
}

test('help lists every format of the table', async () => {
  const { code, stdout } = await run('export', '--help');
  expect(code).toBe(0);
  const text = stdout.replaceAll(/\s+/g, ' ');
  for (const { name, help } of EXPORT_FORMATS) expect(text).toContain(`${name} ${help}`);
  expect(stdout).not.toContain('--tokenizer');
});

test('a folder is named after the model and lies beside it', async () => {
  expect(await run('export', 'm.safetensors', '--to', 'hf')).toEqual({
    code: 0,
    stdout: '',
    stderr:
      'Wrote m-hf with config.json, generation_config.json, tokenizer.json, tokenizer_config.json, model.safetensors, README.md.\n',
  });
  expect(listing('m-hf')).toEqual(HF);
  const said = await run(
    'generate',
    'm-hf/model.safetensors',
    '--max_new_tokens',
    '5',
    '--variant',
    'baseline',
  );
  expect(said.code).toBe(0);
});

test('a file is named after the model too, and is replaced by a new one of its kind', async () => {
  for (let i = 0; i < 2; i++)
    expect(await run('export', 'm.safetensors', '--to', 'npz')).toMatchObject({
      code: 0,
      stderr: 'Wrote m.npz.\n',
    });
  expect(fs.readFileSync(at('m.npz')).toString('latin1', 0, 4)).toBe('PK\x03\x04');
});

test('a page is named after the model and the type of its numbers, and replaces its kind', async () => {
  const name = 'm.html';
  fs.writeFileSync(at(name), '<!doctype html><title>Mine</title>');
  await refused(/m\.html exists and is not a page/, 'm.safetensors', '--to', 'html');
  expect(await run('export', 'm.safetensors', '--to', 'html', '--force')).toMatchObject({
    code: 0,
    stderr: 'Wrote m.html.\n',
  });
  expect((await run('export', 'm.safetensors', '--to', 'html')).code).toBe(0);
  expect(fs.readFileSync(at(name), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(await run('export', 'm.safetensors', '--to', 'html', '--type', 'int8')).toMatchObject({
    code: 0,
    stderr: 'Wrote m-int8.html.\n',
  });
});

test('types of numbers have folders of their own', async () => {
  for (const type of ['f32', 'q8_0'])
    expect((await run('export', 'm.safetensors', '--to', 'gguf', '--type', type)).code).toBe(0);
  expect(listing('m-gguf')).toEqual(['Modelfile', 'README.md', 'm-f32.gguf']);
  expect(listing('m-gguf-q8_0')).toEqual(['Modelfile', 'README.md', 'm-q8_0.gguf']);
});

test('a folder in the folder is written and replaced too', async () => {
  for (const type of ['q8', 'f32'])
    expect(
      await run('export', 'm.safetensors', '--to', 'transformers.js', '--type', type, '--out', 'm-js'),
    ).toMatchObject({ code: 0 });
  expect(listing('m-js')).toContain('onnx');
  expect(listing('m-js/onnx')).toEqual(['model.onnx']);
});

test('a folder of the same kind is replaced as a whole', async () => {
  expect((await run('export', 'm.safetensors', '--to', 'gguf', '--out', 'again')).code).toBe(0);
  fs.renameSync(at('again', 'm-f32.gguf'), at('again', 'older-f32.gguf'));
  expect((await run('export', 'm.safetensors', '--to', 'gguf', '--out', 'again/')).code).toBe(0);
  expect(listing('again')).toEqual(['Modelfile', 'README.md', 'm-f32.gguf']);
  expect(listing('.').filter((name) => /\.tmp$|\.old/.test(name))).toEqual([]);
});

test('a folder with other files is refused; --force writes into it and keeps them', async () => {
  fs.mkdirSync(at('notes', 'deep'), { recursive: true });
  fs.writeFileSync(at('notes', 'deep', 'diary.txt'), 'Dear diary');
  await refused(
    /notes also holds deep\/diary\.txt, so --out does not replace it; name another folder, or add --force/,
    'm.safetensors',
    '--to',
    'hf',
    '--out',
    'notes',
  );
  expect(listing('notes')).toEqual(['deep']);
  expect((await run('export', 'm.safetensors', '--to', 'hf', '--out', 'notes', '--force')).code).toBe(0);
  expect(listing('notes')).toEqual([...HF.slice(0, 2), 'deep', ...HF.slice(2)].sort());
  expect(fs.readFileSync(at('notes', 'deep', 'diary.txt'), 'utf8')).toBe('Dear diary');
});

test.each<[string, string[], RegExp]>([
  [
    'the model',
    ['m.safetensors', '--to', 'npz', '--out', 'm.safetensors'],
    /--out m\.safetensors would replace the model/,
  ],
  [
    'a folder with the model in it',
    ['m-hf/model.safetensors', '--to', 'hf', '--out', 'm-hf'],
    /--out m-hf would replace the model/,
  ],
  [
    'a text by an archive',
    ['m.safetensors', '--to', 'npz', '--out', 'text.txt'],
    /text\.txt exists and is not an \.npz archive/,
  ],
  [
    'a file by a folder',
    ['m.safetensors', '--to', 'hf', '--out', 'text.txt'],
    /text\.txt is a file; give the name of a folder/,
  ],
  [
    'a folder by a file',
    ['m.safetensors', '--to', 'npz', '--out', 'm-hf'],
    /m-hf is a folder; give the name of a file/,
  ],
  [
    'nothing, without the folder above',
    ['m.safetensors', '--to', 'hf', '--out', 'no/where'],
    /The folder .*no does not exist/,
  ],
])('does not replace %s', async (_, args, sentence) => {
  await refused(sentence, ...args);
  expect(fs.readFileSync(at('text.txt'), 'utf8')).toBe(english(4000));
  expect(listing('m-hf')).toEqual(HF);
});

test.each<[string, string[], RegExp]>([
  [
    'a format that does not exist',
    ['m.safetensors', '--to', 'onyx'],
    /'onyx' is invalid.*hf, gguf, onnx, transformers.js, html/,
  ],
  [
    'a type that the format does not have',
    ['m.safetensors', '--to', 'html', '--type', 'q8_0'],
    /--type q8_0 is for gguf; --to html takes f32 or int8\./,
  ],
  [
    'another page by an exported one',
    ['m.safetensors', '--to', 'html', '--out', 'other.html'],
    /other\.html exists and is not a page exported by mini-llm/,
  ],
  [
    'a type of another format',
    ['m.safetensors', '--to', 'npz', '--type', 'q8_0'],
    /--type q8_0 is for gguf; leave it out with --to npz/,
  ],
  [
    'a type of a format that has others',
    ['m.safetensors', '--to', 'onnx', '--type', 'q8_0'],
    /--type q8_0 is for gguf; --to onnx takes f32 or q8/,
  ],
  [
    'an adapter that is not there',
    ['m.safetensors', '--to', 'peft'],
    /m\.safetensors: This file holds no adapter/,
  ],
  [
    'weights that are not there',
    ['m.safetensors', '--to', 'hf', '--step', 'best', '--out', 'x'],
    /m\.safetensors: This file holds the weights of step 5 alone/,
  ],
  ['a text', ['text.txt', '--to', 'hf'], /text\.txt: This is not a usable safetensors file/],
])('refuses %s', async (_, args, sentence) => {
  await refused(sentence, ...args);
  expect(fs.existsSync(at('x'))).toBe(false);
});

test('a write that fails leaves the old folder and nothing half-written', async () => {
  expect((await run('export', 'm.safetensors', '--to', 'hf', '--out', 'kept')).code).toBe(0);
  const before = fs.statSync(at('kept')).ino;
  // The weights exceed 8 blocks of 512 bytes; a shell's unit may be 1,024.
  const { code, stderr } = await cliWithin(
    '-f 8',
    ['export', 'm.safetensors', '--to', 'hf', '--out', 'kept'],
    folder,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^mini-llm: kept could not be written: .*; the folder that was there is unchanged\.\n$/,
  );
  expect(fs.statSync(at('kept')).ino).toBe(before);
  expect(listing('kept')).toEqual(HF);
  expect(listing('.').filter((name) => /\.tmp$|\.old/.test(name))).toEqual([]);
});

test('a crash’s temporary folder is removed by the next export', async () => {
  const { child, done } = start(['--version'], folder);
  await done;
  const stale = at(`.mini-llm-${child.pid}-0123abcd.tmp`);
  fs.mkdirSync(path.join(stale, 'onnx'), { recursive: true });
  expect((await run('export', 'm.safetensors', '--to', 'npz')).code).toBe(0);
  expect(fs.existsSync(stale)).toBe(false);
});
