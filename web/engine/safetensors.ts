// The layout of safetensors files: the length of a JSON header (8 bytes), the header, and the tensors.

type Json = Readonly<Record<string, unknown>>;

/** Reads `length` bytes of a file from position `at`, or fewer at its end. */
export type ReadBytes = (at: number, length: number) => Uint8Array;

export function bytesOfFile(file: Uint8Array): ReadBytes {
  return (at, length) => file.subarray(at, at + length);
}

export interface TensorEntry {
  dtype: string;
  shape: readonly number[];
  data_offsets: readonly [number, number];
}

/** mini-llm writes only shorter headers. */
const MAX_HEADER_BYTES = 64 * 2 ** 20;

/** The header's entries, and where the tensors begin. */
export function readHeader(read: ReadBytes): { entries: Json; end: number } {
  const start = read(0, 8);
  const length = Number(new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) return { entries: {}, end: 0 };
  return { entries: JSON.parse(new TextDecoder().decode(read(8, length))) as Json, end: 8 + length };
}

export interface TensorSpace {
  name: string;
  dtype: string;
  shape: readonly number[];
  /** Its size in bytes. */
  size: number;
}

/** A file whose tensors are zero, and where each of them begins in it. */
export function emptyFile(
  metadata: unknown,
  tensors: readonly TensorSpace[],
): { file: Uint8Array<ArrayBuffer>; begins: number[] } {
  let total = 0;
  const entries = tensors.map(({ name, dtype, shape, size }): [string, TensorEntry] => {
    const begin = total;
    total += size;
    return [name, { dtype, shape, data_offsets: [begin, total] }];
  });
  const header = { __metadata__: metadata, ...Object.fromEntries(entries) };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const end = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(end + total);
  new DataView(file.buffer).setBigUint64(0, BigInt(end - 8), true);
  file.fill(' '.charCodeAt(0), 8, end).set(json, 8);
  return { file, begins: entries.map(([, { data_offsets }]) => end + data_offsets[0]) };
}
