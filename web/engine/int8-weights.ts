// A model file with its matrices rounded to int8, a quarter as large. An output of a layer has one scale, as in the core
// (cpp/kernels/int8.h): when it generates with int8 weights, it finds the same integers and scales again.

import { bytesOfFile, emptyFile, readHeader, type TensorEntry } from './safetensors.ts';

type Bytes = Uint8Array<ArrayBuffer>;

interface Tensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  bytes: Bytes;
}

interface ModelFile {
  metadata: unknown;
  tensors: Tensor[];
}

/** Beside each rounded matrix [rows, columns]: the largest magnitudes as [1, columns] or [rows, 1]. */
const ABSMAX = '.absmax';
const LEVELS = 127;
/** Adding 1.5·2^23 to a float32 rounds it to a whole number. */
const MAGIC = 12_582_912;
const SMALLEST = Math.fround(1e-30);

/** Rounds the matrices of a file of weights. Norms, biases and learned positions stay float32. */
export function roundedToInt8(file: Uint8Array, arch: string): Bytes {
  const { metadata, tensors } = read(file);
  return written({ metadata, tensors: tensors.flatMap((tensor) => rounded(tensor, arch)) });
}

/** The same file with float32 matrices, for the core to read. */
export function restoredFromInt8(file: Uint8Array): Bytes {
  const { metadata, tensors } = read(file);
  const largest = new Map(tensors.map(({ name, ...tensor }) => [name, tensor]));
  const restored = tensors.flatMap((tensor) => {
    if (tensor.name.endsWith(ABSMAX)) return [];
    return tensor.dtype === 'I8' ? [widened(tensor, largest.get(tensor.name + ABSMAX)!)] : [tensor];
  });
  return written({ metadata, tensors: restored });
}

function rounded(tensor: Tensor, arch: string): Tensor[] {
  const { name, shape, bytes } = tensor;
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || name === 'wpe.weight') return [tensor];
  // GPT-2 stores the matrices of its blocks as [in, out].
  const byColumn = arch === 'gpt2' && name.startsWith('h.');
  const values = new Float32Array(bytes.buffer);
  const absmax = largestMagnitudes(values, columns, byColumn);
  const inverses = absmax.map((largest) => LEVELS / Math.max(SMALLEST, largest));
  const levels = new Int8Array(values.length);
  values.forEach((value, i) => {
    const scaled = Math.fround(value * inverses[channelOf(i, columns, byColumn)]!);
    levels[i] = Math.fround(Math.max(-LEVELS, Math.min(scaled, LEVELS)) + MAGIC) - MAGIC;
  });
  return [
    { name, dtype: 'I8', shape, bytes: new Uint8Array(levels.buffer) },
    {
      name: name + ABSMAX,
      dtype: 'F32',
      shape: byColumn ? [1, columns] : [rows, 1],
      bytes: new Uint8Array(absmax.buffer),
    },
  ];
}

function channelOf(i: number, columns: number, byColumn: boolean): number {
  return byColumn ? i % columns : Math.floor(i / columns);
}

/** Compares bits, which sort as magnitudes do with NaN above all, so that damaged weights stay damaged. */
function largestMagnitudes(
  values: Float32Array<ArrayBuffer>,
  columns: number,
  byColumn: boolean,
): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer);
  const largest = new Uint32Array(byColumn ? columns : bits.length / columns);
  bits.forEach((bit, i) => {
    const channel = channelOf(i, columns, byColumn);
    largest[channel] = Math.max(largest[channel]!, bit & 0x7fffffff);
  });
  return new Float32Array(largest.buffer);
}

function widened({ name, shape, bytes }: Tensor, largest: Omit<Tensor, 'name'>): Tensor {
  const columns = shape[1]!;
  const byColumn = largest.shape[0] === 1 && largest.shape[1] === columns;
  const absmax = new Float32Array(largest.bytes.buffer);
  const scales = absmax.map((value) => value / LEVELS);
  const values = new Float32Array(bytes.length);
  new Int8Array(bytes.buffer).forEach((level, i) => {
    const channel = channelOf(i, columns, byColumn);
    // The largest number is exact, from which the core computes the same scale again.
    values[i] = Math.abs(level) === LEVELS ? Math.sign(level) * absmax[channel]! : level * scales[channel]!;
  });
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) };
}

/** Copies the tensors out of the file, so that each begins at an address of its own. */
function read(file: Uint8Array): ModelFile {
  const { entries, end } = readHeader(bytesOfFile(file));
  const { __metadata__: metadata, ...tensors } = entries as Record<string, TensorEntry>;
  return {
    metadata,
    tensors: Object.entries(tensors).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => ({
        name,
        dtype,
        shape,
        bytes: new Uint8Array(file.subarray(end + from, end + to)),
      }),
    ),
  };
}

function written({ metadata, tensors }: ModelFile): Bytes {
  const { file, begins } = emptyFile(
    metadata,
    tensors.map(({ bytes, ...tensor }) => ({ ...tensor, size: bytes.length })),
  );
  tensors.forEach(({ bytes }, i) => file.set(bytes, begins[i]));
  return file;
}
