// mini-llm's metadata in a model file, read from its header alone: for lists of files and for decisions before the core is
// loaded. Nothing is checked here; the core does that when it opens the file.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesOfFile, readHeader, type ReadBytes, type TensorEntry } from './safetensors.ts';

type Json = Readonly<Record<string, unknown>>;

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

/** The optimizer's state and the best weights so far, beside the weights themselves. */
const NOT_WEIGHTS = /^(__metadata__$|optimizer\.|best\.)/;

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
