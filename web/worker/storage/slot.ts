// The layout of a slot file: a header of fixed size, then the parts of a value.
//
//   0    magic, 8 bytes
//   8    SHA-256 of everything from byte 40 to the header's end and of each part's SHA-256, 32 bytes
//   40   generation, u64le: the intact slot with the highest one holds the value
//   48   number of parts, u32le, then the length of each part, u64le
//   256  the parts
//
// The header is written after the parts have reached the disk, so an interrupted save leaves a slot that does not match
// its header, or that has none.

import { concatBytes } from '@noble/hashes/utils.js';
import { sha256 } from '../../engine/sha256.ts';
import type { Parts } from './store.ts';

export const HEADER_BYTES = 256;
const MAGIC = new TextEncoder().encode('mini-llm');
const CHECKSUM = { from: 8, to: 40 };
const MOST_PARTS = 16;

export interface Header {
  readonly generation: number;
  readonly lengths: readonly number[];
  readonly checksum: Uint8Array;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export async function makeHeader(generation: number, parts: Parts): Promise<Uint8Array<ArrayBuffer>> {
  if (parts.length > MOST_PARTS)
    throw new Error(`A value has at most ${MOST_PARTS} parts, not ${parts.length}.`);
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setBigUint64(40, BigInt(generation), true);
  view.setUint32(48, parts.length, true);
  parts.forEach((part, i) => view.setBigUint64(56 + 8 * i, BigInt(part.length), true));
  bytes.set(await checksum(bytes, parts), CHECKSUM.from);
  return bytes;
}

/** Undefined if this is no header. */
export function readHeader(bytes: Uint8Array<ArrayBuffer>): Header | undefined {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const count = view.getUint32(48, true);
  if (count > MOST_PARTS) return undefined;
  return {
    generation: Number(view.getBigUint64(40, true)),
    lengths: Array.from({ length: count }, (_, i) => Number(view.getBigUint64(56 + 8 * i, true))),
    checksum: bytes.slice(CHECKSUM.from, CHECKSUM.to),
    bytes,
  };
}

/** Whether a save has never completed in this slot: its header is still empty. */
export function isUnfinished(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

export async function isIntact(header: Header, parts: Parts): Promise<boolean> {
  const sum = await checksum(header.bytes, parts);
  return sum.every((byte, i) => byte === header.checksum[i]);
}

async function checksum(header: Uint8Array<ArrayBuffer>, parts: Parts): Promise<Uint8Array> {
  const sums = await Promise.all(parts.map((part) => sha256(part)));
  return sha256(concatBytes(header.subarray(CHECKSUM.to), ...sums));
}
