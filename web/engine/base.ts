// Models to start from: trained once (research/base), rounded to int8, and kept beside the page's files. They are read
// only when a run asks for one. A base never changes under its name, so that recipes that name it stay true.

import { restoredFromInt8 } from './int8-weights.ts';

/** Reads a file of the page by its path, such as base/english.safetensors. */
export type ReadPageFile = (path: string) => Promise<Uint8Array>;

/** The model file of a base, with float32 weights. */
export async function readBase(name: string, read: ReadPageFile): Promise<Uint8Array<ArrayBuffer>> {
  return restoredFromInt8(await read(`base/${name}.safetensors`));
}
