// Recognizes what a file holds by its content: a command replaces only files of the kind that it writes.

import fs from 'node:fs';
import { readMetadata } from '../engine/metadata.ts';

export const KINDS = {
  model: { name: 'a model saved by mini-llm', recognize: (file) => checkpointKind(file) === 'model' },
  adapter: { name: 'an adapter saved by mini-llm', recognize: (file) => checkpointKind(file) === 'adapter' },
  tokenizer: { name: 'a tokenizer.json', recognize: isTokenizer },
  npz: { name: 'an .npz archive of arrays', recognize: isNpz },
  report: { name: 'a report of mini-llm bench', recognize: isReport },
} as const satisfies Record<string, { name: string; recognize: (file: string) => boolean }>;

export type Kind = keyof typeof KINDS;

/** Whether an existing file is of this kind, or empty. */
export function isOfKind(file: string, kind: Kind): boolean {
  try {
    return fs.statSync(file).size === 0 || KINDS[kind].recognize(file);
  } catch {
    return false;
  }
}

/** mini-llm writes no longer JSON files. */
const MAX_JSON_BYTES = 64 * 2 ** 20;

type Json = Readonly<Record<string, unknown>>;

/** An adapter holds only the LoRA matrices. */
function checkpointKind(file: string): 'model' | 'adapter' | undefined {
  const ours = metadataOf(file);
  if (!ours) return undefined;
  return ours['kind'] === 'lora' ? 'adapter' : 'model';
}

/** What a model file says about itself; undefined if it is of another program. */
export function metadataOf(file: string): Json | undefined {
  const fd = fs.openSync(file, 'r');
  try {
    return readMetadata((at, length) => read(fd, length, at));
  } finally {
    fs.closeSync(fd);
  }
}

function read(fd: number, length: number, at: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, fs.readSync(fd, buffer, 0, length, at));
}

function isTokenizer(file: string): boolean {
  const { model } = json(file);
  return typeof (model as Json | undefined)?.['type'] === 'string';
}

/** A ZIP archive whose first entry is an array: its name follows a header of 30 bytes. */
function isNpz(file: string): boolean {
  const fd = fs.openSync(file, 'r');
  try {
    const header = read(fd, 30, 0);
    const name = read(fd, header.readUInt16LE(26), 30).toString();
    return header.toString('latin1', 0, 4) === 'PK\x03\x04' && name.endsWith('.npy');
  } finally {
    fs.closeSync(fd);
  }
}

function isReport(file: string): boolean {
  const { machine, results, runs } = json(file);
  return typeof (machine as Json | undefined)?.['runtime'] === 'string' && Array.isArray(results ?? runs);
}

function json(file: string): Json {
  return fs.statSync(file).size > MAX_JSON_BYTES ? {} : (JSON.parse(fs.readFileSync(file, 'utf8')) as Json);
}
