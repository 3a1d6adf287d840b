// Byte pair encoding on the command line: learning it, describing it, exporting it, and resuming with it.

import fs from 'node:fs';
import path from 'node:path';
import { Tokenizer as Reference } from 'tokenizers';
import { cli, jsonLines, scratch, TINY_FLAGS, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '20', '--eval_every', '10'];
const BPE = [...TRAIN, '--tokenizer', 'bpe', '--vocab_size', '300'];

let trained: Outcome;
beforeAll(async () => {
  fs.writeFileSync(path.join(folder, 'text.txt'), english(5000));
  trained = await run(...BPE, '--out', 'bpe.safetensors');
});

const bytes = (name: string): Buffer => fs.readFileSync(path.join(folder, name));

test('training prints the vocabulary, and the loss per token and per byte', () => {
  expect(trained.code).toBe(0);
  expect(trained.stderr).toMatch(/^Tokens {2}vocabulary of 300; a token has [23]\.\d bytes on average$/m);
  expect(trained.stderr).toContain('context 16 tokens');
  expect(trained.stderr).toMatch(/Done .*validation loss \d\.\d+ nats per token \(\d\.\d+ bits per byte\)/);
});

test('info names the tokenizer, and export writes a tokenizer.json that Hugging Face’s tokenizers read', async () => {
  const { code, stdout } = await run('info', 'bpe.safetensors');
  expect(code).toBe(0);
  expect(await run('export', 'bpe.safetensors', '--tokenizer', 'tokenizer.json')).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(stdout).toMatch(/^Tokenizer +bpe, vocab_size 300$/m);
  expect(stdout).toMatch(/^Loss .*, \d\.\d+ bits a byte$/m);
  const reference = Reference.fromString(bytes('tokenizer.json').toString());
  expect(reference.getVocabSize()).toBe(300);
  const ids = (await reference.encode('the cat', null, { addSpecialTokens: false })).getIds();
  expect(ids.length).toBeLessThan(4);
});

test('a prompt is counted in tokens, not bytes', async () => {
  const prompt = 'the cat sees the cat'; // 20 bytes in a context of 16 tokens
  const { code, stdout, stderr } = await run(
    ...['generate', 'bpe.safetensors', '--prompt', prompt, '--max_new_tokens', '30', '--json'],
  );
  expect(code).toBe(0);
  expect(stderr).toBe('');
  const [said] = jsonLines(stdout);
  expect(said).toMatchObject({ tokens: 30, prompt });
  expect((said?.['text'] as string).length).toBeGreaterThan(30);
});

test('training twice, or stopping and resuming, gives the same file', async () => {
  expect((await run(...BPE, '--out', 'again.safetensors')).code).toBe(0);
  expect(bytes('again.safetensors').equals(bytes('bpe.safetensors'))).toBe(true);
  expect((await run(...BPE, '--stop_at_step', '7', '--out', 'part.safetensors')).code).toBe(0);
  expect((await run('train', 'text.txt', '--resume', 'part.safetensors')).code).toBe(0);
  expect(bytes('part.safetensors').equals(bytes('bpe.safetensors'))).toBe(true);
});

test('a saved model keeps its tokenizer', async () => {
  const { code, stderr } = await run(
    'train',
    'text.txt',
    '--resume',
    'bpe.safetensors',
    '--tokenizer',
    'byte',
  );
  expect(code).toBe(2);
  expect(stderr).toContain('tokenizer (tokenizer) is bpe in the saved model and cannot become byte');
});

test('a vocabulary smaller than the bytes is refused', async () => {
  const { code, stderr } = await run(...TRAIN, '--tokenizer', 'bpe', '--vocab_size', '256');
  expect(code).toBe(2);
  expect(stderr).toContain('--vocab_size must be a whole number from 257 to 262144, not 256.');
});
