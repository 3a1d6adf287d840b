// mini-llm's metadata in a model file, read from its header alone: for lists of files and for decisions before the core is
// loaded. Nothing is checked here; the core does that when it opens the file.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads `length` bytes of a file from position `at`, or fewer at its end. */
export type ReadBytes = (at: number, length: number) => Uint8Array;

export function bytesOfFile(file: Uint8Array): ReadBytes {
  return (at, length) => file.subarray(at, at + length);
}

/** mini-llm writes only shorter headers. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;

/** The JSON that mini-llm keeps in a file; undefined if the file is of another program, or damaged. */
export function readMetadata(read: ReadBytes): Json | undefined {
  try {
    const { __metadata__ } = readHeader(read).entries;
    const ours = (__metadata__ as Json | undefined)?.['mini_llm'];
    return typeof ours === 'string' ? (JSON.parse(ours) as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** A safetensors file begins with the length of its JSON header (8 bytes) and the header; tensors follow. */
export function readHeader(read: ReadBytes): { entries: Json; end: number } {
  const start = read(0, 8);
  const length = Number(new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) return { entries: {}, end: 0 };
  return { entries: JSON.parse(new TextDecoder().decode(read(8, length))) as Json, end: 8 + length };
}

/** The optimizer's state and the best weights so far, beside the weights themselves. */
const NOT_WEIGHTS = /^(__metadata__$|optimizer\.|best\.)/;

export interface TensorEntry {
  dtype: string;
  shape: readonly number[];
  data_offsets: readonly [number, number];
}

/** The SHA-256 of a model's weights: a checkpoint has the same as its weights alone. */
export function weightsSha256(file: Uint8Array): string {
  const { entries, end } = readHeader(bytesOfFile(file));
  const hash = sha256.create();
  for (const name of Object.keys(entries).sort()) {
    if (NOT_WEIGHTS.test(name)) continue;
    const { shape, data_offsets } = entries[name] as TensorEntry;
    const [from, to] = data_offsets;
    hash.update(utf8ToBytes(`${name} ${shape.join('x')}\n`)).update(file.subarray(end + from, end + to));
  }
  return bytesToHex(hash.digest());
}
