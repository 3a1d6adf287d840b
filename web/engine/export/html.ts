// One page with the program and the model in it. The page is built before (web/viewer); the model is put into it here.

import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { roundedToInt8 } from '../int8-weights.ts';
import { VERSION } from '../version.ts';
import { PART_BYTES, PART_CLASS, SLOTS, type ModelPage } from './model-page.ts';
import { aboutContext, aboutModel } from './model-card.ts';
import type { ExportedFile, ExportSource } from './source.ts';

export function htmlPage(source: ExportSource): ExportedFile[] {
  const { name, type, viewer, model, info } = source;
  const title = viewer.indexOf(SLOTS.title);
  // The last one: the program comes before it and names it, too.
  const slot = viewer.lastIndexOf(SLOTS.model);
  if (title < 0 || slot < title)
    throw new Error('The page that the model is put into is missing or of another version; build it again.');
  const file = model.save();
  const weights = type === 'int8' ? roundedToInt8(file, info.config.arch) : file;
  // As bytes, because the whole may be longer than a string can be.
  const texts = [
    viewer.slice(0, title),
    `<title>${escaped(name)}</title>`,
    viewer.slice(title + SLOTS.title.length, slot),
    `<script id="model" type="application/json">${inScript(pageOf(source))}</script>`,
    ...parts(weights),
    viewer.slice(slot + SLOTS.model.length),
  ];
  const content = concatBytes(...texts.map((text) => utf8ToBytes(text)));
  return [{ name: `${name}.html`, content }];
}

function pageOf(source: ExportSource): ModelPage {
  const { name, type, info, step, bitsPerByte } = source;
  const { config, options, tokenizer, corpus_sha256, recipe, val_loss, n_parameters } = info;
  return {
    name,
    version: VERSION,
    exported: Date.now(),
    type: type as ModelPage['type'],
    about: `${aboutModel(source)} ${aboutContext(source)}`,
    seq_len: config.seq_len,
    n_parameters,
    step,
    bits_per_byte: bitsPerByte,
    val_loss: bitsPerByte === info.val_bits_per_byte ? val_loss : null,
    info: { config, options, tokenizer, corpus_sha256, recipe },
  };
}

/** JSON in which no text can end the script element or begin a comment. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function* parts(weights: Uint8Array): Generator<string> {
  for (let at = 0; at < weights.length; at += PART_BYTES)
    yield `<script class="${PART_CLASS}" type="text/plain">${base64(weights.subarray(at, at + PART_BYTES))}</script>`;
}

/** Bytes in one call: a multiple of 3, and few enough to be arguments. */
const BLOCK = 3 * 4096;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += BLOCK)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + BLOCK)));
  return text;
}
