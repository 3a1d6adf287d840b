// Reads the float32 arrays of the files that models are saved and exported as.

import { unzipped } from './zip.ts';

/** The values of every array by its name. */
export type Arrays = Record<string, Float32Array>;

function floats(bytes: Uint8Array, from: number, count: number): Float32Array {
  // A copy, because an array of numbers must begin at a multiple of 4.
  return new Float32Array(new Uint8Array(bytes.subarray(from, from + 4 * count)).buffer);
}

export interface Values {
  shape: readonly number[];
  values: Float32Array;
}

interface TensorEntry {
  shape: number[];
  data_offsets: [number, number];
}

/** The tensors of a safetensors file of float32, in its order. */
export function tensorsOf(file: Uint8Array): Map<string, Values> {
  const begin = 8 + Number(Buffer.from(file).readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(
    new TextDecoder().decode(file.subarray(8, begin)),
  ) as Record<string, TensorEntry>;
  return new Map(
    Object.entries(entries).map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { shape, values: floats(file, begin + from, (to - from) / 4) }],
    ),
  );
}

export function safetensorsArrays(file: Uint8Array): Arrays {
  return Object.fromEntries([...tensorsOf(file)].map(([name, { values }]) => [name, values]));
}

export function npzArrays(archive: Uint8Array): Arrays {
  return Object.fromEntries(
    [...unzipped(archive)].map(([name, npy]) => {
      const data = 10 + Buffer.from(npy).readUInt16LE(8);
      return [name.replace(/\.npy$/, ''), floats(npy, data, (npy.length - data) / 4)];
    }),
  );
}

/** Bytes of a GGUF value by the number of its type; 8 is a string and 9 an array. */
const GGUF_BYTES: Readonly<Record<number, number>> = { 4: 4, 5: 4, 6: 4, 7: 1 };
const GGUF_ALIGNMENT = 32;

/** The float32 arrays of a GGUF file, under llama.cpp's names. */
export function ggufArrays(file: Uint8Array): Arrays {
  const bytes = Buffer.from(file);
  let at = 8;
  const u32 = (): number => bytes.readUInt32LE((at += 4) - 4);
  const u64 = (): number => Number(bytes.readBigUInt64LE((at += 8) - 8));
  const text = (): string => {
    const length = u64();
    return bytes.toString('utf8', at, (at += length));
  };
  const skip = (type: number): void => {
    if (type === 8) text();
    else if (type === 9) for (let item = u32(), left = u64(); left > 0; left--) skip(item);
    else at += GGUF_BYTES[type]!;
  };
  const [tensors, values] = [u64(), u64()];
  for (let i = 0; i < values; i++) {
    text();
    skip(u32());
  }
  const entries = Array.from({ length: tensors }, () => {
    const name = text();
    const shape = Array.from({ length: u32() }, u64);
    if (u32() !== 0) throw new Error(`${name} is not float32.`);
    return { name, count: shape.reduce((product, n) => product * n, 1), offset: u64() };
  });
  const data = Math.ceil(at / GGUF_ALIGNMENT) * GGUF_ALIGNMENT;
  return Object.fromEntries(
    entries.map(({ name, count, offset }) => [name, floats(file, data + offset, count)]),
  );
}
