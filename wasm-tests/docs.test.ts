// What the documents cite exists: files, npm scripts and options.

import fs from 'node:fs';
import path from 'node:path';
import { OPTIONS } from '../web/engine/index.ts';

const checkout = path.join(import.meta.dirname, '..');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/ARCHITECTURE.md',
  'docs/BENCHMARKS.md',
  'research/README.md',
];
const FOLDERS = ['cpp', 'web', 'tools', 'research', 'docs', 'wasm-tests', 'cmake', 'examples', '.github'];

const textOf = (document: string): string => fs.readFileSync(path.join(checkout, document), 'utf8');
const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, first]) => first ?? '');

describe.each(DOCUMENTS)('%s', (document) => {
  const text = textOf(document);

  test('links to files that exist', () => {
    const links = found(text, /\]\((?!https?:)([^)#]+)\)/g);
    const missing = links.filter((link) => !fs.existsSync(path.join(checkout, path.dirname(document), link)));
    expect(missing).toEqual([]);
  });

  test('names files that exist', () => {
    const paths = found(text, /`([\w.-]+\/[\w./-]*)`/g).filter(
      (file) =>
        FOLDERS.includes(file.split('/')[0] ?? '') &&
        !file.includes('NAME') &&
        file !== 'web/engine/generated/',
    );
    expect(paths.filter((file) => !fs.existsSync(path.join(checkout, file)))).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const names = found(text, /npm run ([\w:-]+)/g).filter((name) => !name.startsWith('-'));
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('README.md', () => {
  test('names options that exist', () => {
    const OTHERS = ['help', 'json', 'out', 'resume', 'preset', 'init_from', 'prompt', 'eval_batches'];
    const flags = found(textOf('README.md'), /`?--([a-z_0-9]+)/g);
    const known = [...OPTIONS.map(({ name }) => name as string), ...OTHERS];
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test('fits on 150 lines', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(151);
  });
});
