// The command line on models of other programs: a folder is accepted wherever a model file is.

import fs from 'node:fs';
import path from 'node:path';
import { tokenizerJson } from '../web/engine/tokenizer-json.ts';
import { cli, jsonLines, scratch, type Outcome } from './helpers/cli.ts';
import { GPT2, safetensors, weightsFor } from './helpers/hf.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const at = (...names: string[]): string => path.join(folder, ...names);
const weights = safetensors(weightsFor(GPT2), 'BF16');

const save = (name: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  fs.mkdirSync(at(name));
  for (const [file, content] of Object.entries(files)) fs.writeFileSync(at(name, file), content);
};

beforeAll(() => {
  const texts = { 'config.json': JSON.stringify(GPT2), 'tokenizer.json': tokenizerJson([]) };
  save('foreign', { ...texts, 'model.safetensors': weights });
  save('two', { ...texts, 'model.safetensors': weights, 'other.safetensors': weights.subarray(0, 500) });
  save('empty', { 'notes.txt': 'nothing' });
  save('llama', { ...texts, 'config.json': '{"model_type":"llama"}' });
  fs.symlinkSync('nowhere', at('foreign', 'link.json'));
  fs.symlinkSync('loop', at('foreign', 'loop'));
  fs.writeFileSync(at('text.txt'), english(4000));
});

const SAID = ['--prompt', 'the', '--temp', '0', '--max_new_tokens', '20', '--variant', 'baseline', '--json'];

test('generate continues a prompt with a folder, and with the weights file in it', async () => {
  const [whole, ...others] = await Promise.all(
    ['foreign', 'foreign/model.safetensors', 'two/model.safetensors'].map((file) =>
      run('generate', file, ...SAID),
    ),
  );
  expect(whole).toMatchObject({ code: 0, stderr: '' });
  const text = jsonLines(whole!.stdout)[0]!['text'];
  expect(text).not.toBe('');
  for (const other of others) expect(jsonLines(other.stdout)[0]!['text']).toBe(text);
});

test('info shows what it holds', async () => {
  const { code, stdout } = await run('info', 'foreign');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Model +gpt2, [\d,]+ parameters$/m);
  expect(stdout).toMatch(/^Context +seq_len 32 tokens$/m);
  expect(stdout).toMatch(/^Training +weights only/m);
});

test('export writes a model file of it, which generates the same text', async () => {
  const { code, stderr } = await run('export', 'foreign', '--to', 'safetensors', '--out', 'ours.safetensors');
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Wrote ours.safetensors.\n' });
  const [ours, theirs] = await Promise.all(
    ['ours.safetensors', 'foreign'].map((file) => run('generate', file, ...SAID)),
  );
  expect(jsonLines(ours!.stdout)[0]!['text']).toBe(jsonLines(theirs!.stdout)[0]!['text']);
});

test.each([
  ['as a whole', []],
  ['with LoRA and a shorter context', ['--lora_rank', '2', '--seq_len', '16']],
])('train --init_from trains it %s', async (_how, flags) => {
  const out = `tuned-${flags.length}.safetensors`;
  const done = await run(
    'train',
    'text.txt',
    '--init_from',
    'foreign',
    '--max_steps',
    '10',
    '--batch_size',
    '2',
    ...flags,
    '--out',
    out,
  );
  expect(done.code).toBe(0);
  const info = jsonLines((await run('info', out, '--json')).stdout)[0]!;
  expect(info).toMatchObject({ step: 10, config: { seq_len: flags.length > 0 ? 16 : 32, n_embd: 24 } });
  const resumed = await run('train', 'text.txt', '--resume', out, '--max_steps', '12');
  expect(resumed.code).toBe(0);
});

test.each<[string, string[], RegExp]>([
  [
    'resuming it',
    ['train', 'text.txt', '--resume', 'foreign'],
    /foreign is a model of another program, which holds no run that could continue; train it with --init_from\./,
  ],
  [
    'a folder of other files',
    ['generate', 'empty'],
    /empty is a folder without config\.json; give a model file, or a folder/,
  ],
  [
    'another architecture',
    ['info', 'llama'],
    /llama: This is a model of the type “llama”; mini-llm opens GPT-2/,
  ],
  [
    'a damaged weights file',
    ['generate', 'two/other.safetensors'],
    /two\/other\.safetensors: .*other\.safetensors is no safetensors file, or only the beginning of one/,
  ],
  [
    'a longer context',
    ['train', 'text.txt', '--init_from', 'foreign', '--seq_len', '64'],
    /seq_len 64 is longer than the model’s context of 32 tokens/,
  ],
])('%s is refused with a sentence', async (_what, args, sentence) => {
  const { code, stderr } = await run(...args);
  expect(stderr).toMatch(/^mini-llm: [^\n]*\.\n$/);
  expect(stderr).toMatch(sentence);
  expect(code).not.toBe(0);
});
