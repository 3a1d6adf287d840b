// What a file holds, told by its content: no command replaces a file of another kind than it writes.

import fs from 'node:fs';

export const KINDS = {
  model: { name: 'a model that mini-llm has saved', recognize: (file) => checkpointKind(file) === 'model' },
  adapter: { name: 'an adapter of mini-llm', recognize: (file) => checkpointKind(file) === 'adapter' },
  tokenizer: { name: 'a tokenizer.json', recognize: isTokenizer },
  report: { name: 'a report of "mini-llm bench"', recognize: isReport },
} as const satisfies Record<string, { name: string; recognize: (file: string) => boolean }>;

export type Kind = keyof typeof KINDS;

/** Whether an existing file is of this kind, or empty, so that nothing is lost with it. */
export function isOfKind(file: string, kind: Kind): boolean {
  try {
    return fs.statSync(file).size === 0 || KINDS[kind].recognize(file);
  } catch {
    return false;
  }
}

/** Longer headers and JSON files are none of ours. */
const LARGEST = 64 * 2 ** 20;

type Json = Readonly<Record<string, unknown>>;

/** A safetensors file with our metadata: a model, or only what LoRA has learnt. */
function checkpointKind(file: string): 'model' | 'adapter' | undefined {
  const header = safetensorsHeader(file);
  const ours = (header['__metadata__'] as Json | undefined)?.['mini_llm'];
  if (typeof ours !== 'string') return undefined;
  return (JSON.parse(ours) as Json)['kind'] === 'lora' ? 'adapter' : 'model';
}

/** Eight bytes with the length of the JSON header, and the header. */
function safetensorsHeader(file: string): Json {
  const fd = fs.openSync(file, 'r');
  try {
    const length = Number(read(fd, 8, 0).readBigUInt64LE());
    return length > LARGEST ? {} : (JSON.parse(read(fd, length, 8).toString()) as Json);
  } finally {
    fs.closeSync(fd);
  }
}

function read(fd: number, length: number, position: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, fs.readSync(fd, buffer, 0, length, position));
}

function isTokenizer(file: string): boolean {
  const { model } = json(file);
  return typeof (model as Json | undefined)?.['type'] === 'string';
}

function isReport(file: string): boolean {
  const { machine, results, runs } = json(file);
  return typeof (machine as Json | undefined)?.['runtime'] === 'string' && Array.isArray(results ?? runs);
}

function json(file: string): Json {
  return fs.statSync(file).size > LARGEST ? {} : (JSON.parse(fs.readFileSync(file, 'utf8')) as Json);
}
