// The documents cite only files, npm scripts and options that exist, and the map of the modules is correct.

import fs from 'node:fs';
import path from 'node:path';
import { OPTIONS } from '../web/engine/index.ts';

const checkout = path.join(import.meta.dirname, '..');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/ARCHITECTURE.md',
  'docs/BENCHMARKS.md',
  'docs/HOSTING.md',
  'docs/HOW-IT-WORKS.md',
  'docs/PAST_ONE_MACHINE.md',
  'examples/distributed/README.md',
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
    const OTHERS = [
      'cache_race',
      'embeddings',
      'help',
      'json',
      'out',
      'resume',
      'preset',
      'init_from',
      'recipe',
      'to',
      'type',
      'prompt',
      'eval_batches',
    ];
    const flags = found(textOf('README.md'), /`?--([a-z_0-9]+)/g);
    const known = [...OPTIONS.map(({ name }) => name as string), ...OTHERS];
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test('fits on 150 lines', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(151);
  });
});

describe('the map in docs/ARCHITECTURE.md', () => {
  const modules = found(textOf('docs/ARCHITECTURE.md'), /^\| `((?:cpp|web)\/\w+)` \|/gm);

  /** Every import of another module, as [file, module]. */
  function importsOf(module: string): [string, string][] {
    const folder = path.join(checkout, module);
    const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => /\.(h|cpp|ts|svelte)$/.test(file))
      .flatMap((file) => {
        const text = fs.readFileSync(path.join(folder, file), 'utf8');
        const included = found(text, /^#include "(\w+)\//gm).map((name) => `cpp/${name}`);
        const imported = found(text, /(?:from|import\() ?'(\.[^']+)'/g).map((target) =>
          path
            .relative(checkout, path.resolve(folder, path.dirname(file), target))
            .split(path.sep)
            .slice(0, 2)
            .join('/'),
        );
        return [...included, ...imported].map((target): [string, string] => [`${module}/${file}`, target]);
      })
      .filter(([, target]) => target !== module);
  }

  test('lists every module', () => {
    const folders = (parent: string): string[] =>
      fs.readdirSync(path.join(checkout, parent)).map((name) => `${parent}/${name}`);
    const NOT_IN_PRODUCT = ['cpp/bench', 'cpp/fuzz', 'cpp/reference', 'cpp/tests', 'web/library.ts'];
    const expected = [...folders('cpp'), ...folders('web')].filter((name) => !NOT_IN_PRODUCT.includes(name));
    expect([...modules].sort()).toEqual(expected.sort());
  });

  test('has dependencies in one direction only', () => {
    const upward = modules.flatMap((module, i) =>
      importsOf(module).filter(([, target]) => !modules.slice(0, i).includes(target)),
    );
    // Parts of the page's build read package.json and the like.
    expect(upward.filter(([, target]) => /^(cpp|web)\//.test(target))).toEqual([]);
  });
});
