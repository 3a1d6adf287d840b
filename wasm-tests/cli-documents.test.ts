// mini-llm train on documents: they become plain text, what is left out is said, and their runs can be repeated.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, scratch } from './helpers/cli.ts';
import { docxOf, epubOf, pdfOf, wordParagraph } from './helpers/documents.ts';
import { sharedEngine } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string) => path.join(folder, name);
const run = (...args: string[]) => cli(args, folder);
const TRAIN = [...TINY_FLAGS, '--max_steps', '2'];
const LINES = english(3000).trimEnd().split('\n');
const HTML = `<!doctype html><html><body><nav>Menu</nav>${LINES.map((line) => `<p>${line}</p>`).join('')}</body></html>`;

async function textOfModel(file: string): Promise<string> {
  return (await sharedEngine()).checkpointInfo(new Uint8Array(fs.readFileSync(at(file)))).corpus_sha256;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test.each([
  ['a.docx', docxOf(LINES.map(wordParagraph).join('')), '\n', 'Formatting was left out.'],
  [
    'a.epub',
    epubOf([LINES.map((line) => `<p>${line}</p>`).join('')]),
    '\n\n',
    'Tags and 1 contents page were left out.',
  ],
  ['a.html', HTML, '\n\n', 'Tags and 1 menu were left out.'],
] as const)('%s is trained on as plain text', async (name, file, between, dropped) => {
  fs.writeFileSync(at(name), file);
  const { code, stderr } = await run('train', name, ...TRAIN, '--out', `${name}.safetensors`);
  expect({ code, said: stderr.includes(dropped) || stderr }).toEqual({ code: 0, said: true });
  expect(await textOfModel(`${name}.safetensors`)).toBe(sha256(`${LINES.join(between)}\n`));
});

test('a run on a document is resumed and repeated with it', async () => {
  fs.writeFileSync(at('b.html'), HTML);
  expect((await run('train', 'b.html', ...TRAIN, '--out', 'b.safetensors')).code).toBe(0);
  const resumed = await run(
    'train',
    'b.html',
    '--resume',
    'b.safetensors',
    '--max_steps',
    '4',
    '--out',
    'b2.safetensors',
  );
  expect(resumed).toMatchObject({ code: 0 });
  const repeated = await run('train', 'b.html', '--recipe', 'b.safetensors', '--out', 'b3.safetensors');
  expect(repeated).toMatchObject({ code: 0 });
  expect(fs.readFileSync(at('b3.safetensors')).equals(fs.readFileSync(at('b.safetensors')))).toBe(true);
});

test('--as_is keeps the tags, and a model that was trained so can be resumed without it', async () => {
  fs.writeFileSync(at('c.html'), HTML);
  expect((await run('train', 'c.html', '--as_is', ...TRAIN, '--out', 'c.safetensors')).code).toBe(0);
  expect(await textOfModel('c.safetensors')).toBe(sha256(HTML));
  const resumed = await run(
    'train',
    'c.html',
    '--resume',
    'c.safetensors',
    '--max_steps',
    '4',
    '--out',
    'c2.safetensors',
  );
  expect(resumed).toMatchObject({ code: 0 });
  expect(await textOfModel('c2.safetensors')).toBe(sha256(HTML));
});

test('documents without text are refused in one sentence, and warnings of libraries do not reach the output', async () => {
  fs.writeFileSync(at('scan.pdf'), pdfOf([{ lines: [] }]));
  const { code, stdout, stderr } = await run('train', 'scan.pdf', ...TRAIN);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'mini-llm: scan.pdf has no text, only pictures of 1 page; let a program recognize its letters (OCR), save the text, and use that.\n',
  });
});
