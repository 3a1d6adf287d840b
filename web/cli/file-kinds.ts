// Recognizes what a file holds by its content: a command replaces only files of the kind that it writes.

import fs from 'node:fs';
import { readMetadata } from '../engine/metadata.ts';

export const KINDS = {
  model: { name: 'a model saved by mini-llm', recognize: (file) => checkpointKind(file) === 'model' },
  adapter: { name: 'an adapter saved by mini-llm', recognize: (file) => checkpointKind(file) === 'adapter' },
  tokenizer: { name: 'a tokenizer.json', recognize: isTokenizer },
  npz: { name: 'an .npz archive of arrays', recognize: isNpz },
  html: { name: 'a page exported by mini-llm', recognize: isExportedPage },
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

/** mini-llm writes only shorter JSON files. */
const MAX_JSON_BYTES = 64 * 2 ** 20;

/** The head of an exported page up to its title. */
const PAGE_HEAD_BYTES = 4096;

type Json = Readonly<Record<string, unknown>>;

/** An adapter holds only the LoRA matrices. */
function checkpointKind(file: string): 'model' | 'adapter' | undefined {
  const metadata = metadataOf(file);
  return metadata && kindOf(metadata);
}

export function kindOf(metadata: Json): 'model' | 'adapter' {
  return metadata['kind'] === 'lora' ? 'adapter' : 'model';
}

/** mini-llm's metadata in a model file; undefined if it is of another program. */
export function metadataOf(file: string): Json | undefined {
  return withReader(file, readMetadata);
}

/** Runs fn with a function that reads up to `length` bytes from a place in the file. */
export function withReader<T>(file: string, fn: (read: (at: number, length: number) => Buffer) => T): T {
  const fd = fs.openSync(file, 'r');
  try {
    return fn((at, length) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, fs.readSync(fd, buffer, 0, length, at));
    });
  } finally {
    fs.closeSync(fd);
  }
}

function isTokenizer(file: string): boolean {
  const { model } = json(file);
  return typeof (model as Json | undefined)?.['type'] === 'string';
}

/** A ZIP archive whose first entry is an array: its name follows a header of 30 bytes. */
function isNpz(file: string): boolean {
  return withReader(file, (read) => {
    const header = read(0, 30);
    const name = read(30, header.readUInt16LE(26)).toString();
    return header.toString('latin1', 0, 4) === 'PK\x03\x04' && name.endsWith('.npy');
  });
}

/** Its head begins with what no other page has. */
function isExportedPage(file: string): boolean {
  return withReader(file, (read) =>
    read(0, PAGE_HEAD_BYTES).includes('<meta name="generator" content="mini-llm export" />'),
  );
}

function isReport(file: string): boolean {
  const { machine, results, runs } = json(file);
  return typeof (machine as Json | undefined)?.['runtime'] === 'string' && Array.isArray(results ?? runs);
}

function json(file: string): Json {
  return fs.statSync(file).size > MAX_JSON_BYTES ? {} : (JSON.parse(fs.readFileSync(file, 'utf8')) as Json);
}
