// The tensors of one or several safetensors files, and their values as float32.

import { isObject, parseJson, type Json, type ModelFolder, type ModelPart } from './folder.ts';

export type Dtype = keyof typeof BYTES;

export interface TensorPlace {
  file: ModelPart;
  dtype: Dtype;
  shape: readonly number[];
  /** In the file. */
  at: number;
}

/** Bytes of a number. */
export const BYTES = { F32: 4, F16: 2, BF16: 2 } as const;

const MAX_HEADER_BYTES = 100_000_000;
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model-(\d{5})-of-(\d{5})\.safetensors$/;

function fileName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new Error(`${INDEX} names the file ${JSON.stringify(name)}, which is no name.`);
}

/** Lists the tensors of all weight files of a folder. */
export async function findTensors(folder: ModelFolder): Promise<Map<string, TensorPlace>> {
  const tensors = new Map<string, TensorPlace>();
  for (const file of await weightFiles(folder))
    for (const [name, place] of await readHeader(file)) {
      const before = tensors.get(name);
      if (before) throw new Error(`The tensor “${name}” is in both ${before.file.path} and ${file.path}.`);
      tensors.set(name, place);
    }
  return tensors;
}

async function weightFiles(folder: ModelFolder): Promise<ModelPart[]> {
  if (folder.has(INDEX)) {
    const { weight_map } = await folder.json(INDEX, '');
    if (!isObject(weight_map)) throw new Error(`${INDEX} has no weight_map.`);
    const names = new Set(Object.values(weight_map));
    if (names.size === 0) throw new Error(`${INDEX} names no files.`);
    return Array.from(names, fileName).map((name) =>
      folder.file(name, `${INDEX} says that it holds a part of the weights`),
    );
  }
  const all = folder.names.filter((name) => name.endsWith('.safetensors'));
  const of = (name: string): ModelPart => folder.file(name, '');
  if (all.includes('model.safetensors')) return [of('model.safetensors')];
  const shards = all.filter((name) => SHARD.test(name));
  if (shards.length > 0)
    return completeShards(shards).map((name) => folder.file(name, 'it holds a part of the weights'));
  if (all.length === 1) return [of(all[0]!)];
  if (all.length > 1)
    throw new Error(
      `There are several weight files (${all.join(', ')}), and no ${INDEX} says which belong together.`,
    );
  const old = folder.names.find((name) => /\.(bin|pt|pth|h5|msgpack)$/.test(name));
  throw new Error(
    `model.safetensors is missing${old === undefined ? '' : `, and ${old} cannot be read`}; save the model with ` +
      'save_pretrained(…, safe_serialization=True) of transformers.',
  );
}

/** All names of a set of shards of which some are there. */
function completeShards(names: readonly string[]): string[] {
  const count = Number(SHARD.exec(names[0]!)![2]);
  return Array.from({ length: count }, (_, i) => {
    const five = (n: number): string => String(n).padStart(5, '0');
    return `model-${five(i + 1)}-of-${five(count)}.safetensors`;
  });
}

async function readHeader(file: ModelPart): Promise<[string, TensorPlace][]> {
  const { path, size } = file;
  if (size < 8) throw new Error(`${path} is only ${size} bytes long, so it is no safetensors file.`);
  const start = await file.read(0, 8);
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES || Number(length) > size - 8)
    throw new Error(
      `${path} is no safetensors file, or only the beginning of one: its header would take ${length} bytes.`,
    );
  const begin = 8 + Number(length);
  const header = parseJson(await file.read(8, Number(length)), `The header of ${path}`);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => [name, placeOf(file, name, entry, begin)]);
}

function placeOf(file: ModelPart, name: string, entry: unknown, begin: number): TensorPlace {
  const refuse = (why: string): never => {
    throw new Error(`The tensor “${name}” in ${file.path} ${why}.`);
  };
  const { dtype, shape, data_offsets } = isObject(entry) ? entry : ({} as Json);
  if (!isCounts(shape) || !isCounts(data_offsets) || data_offsets.length !== 2 || typeof dtype !== 'string')
    return refuse('lacks a dtype, shape or data_offsets');
  const place = { file, shape, at: begin + data_offsets[0]! };
  const end = begin + data_offsets[1]!;
  if (end > file.size) refuse('lies beyond the end of the file, which is incomplete');
  if (!isDtype(dtype))
    // A mask may be of any type.
    return { ...place, dtype: dtype as Dtype };
  if (end - place.at !== BYTES[dtype] * shape.reduce((a, b) => a * b, 1))
    refuse(`has ${end - place.at} bytes, which does not fit its shape [${shape.join(', ')}] of ${dtype}`);
  return { ...place, dtype };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(BYTES, dtype);
}

/** Throws if the numbers of a tensor are of a type that cannot be read. */
export function requireDtype(name: string, { dtype, file }: TensorPlace): void {
  if (!isDtype(dtype))
    throw new Error(
      `The tensor “${name}” in ${file.path} is of type ${String(dtype)}; ${Object.keys(BYTES).join(', ')} can be read.`,
    );
}

/** Converts little-endian numbers to float32, in loops, because Float32Array.from is several times slower. */
export const TO_FLOAT32: Readonly<Record<Dtype, (bytes: Uint8Array) => Float32Array>> = {
  F32: (bytes) => new Float32Array(aligned(bytes).buffer),
  BF16: (bytes) => {
    const halves = new Uint16Array(aligned(bytes).buffer);
    const bits = new Uint32Array(halves.length);
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
    return new Float32Array(bits.buffer);
  },
  F16: (bytes) => {
    const table = halfTable();
    const halves = new Uint16Array(aligned(bytes).buffer);
    const values = new Float32Array(halves.length);
    for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]!]!;
    return values;
  },
};

/** Bytes at the start of a buffer of their own. */
function aligned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes); // slice() of Node's Buffer does not copy
}

let halves: Float32Array | undefined;

/** The value of each IEEE half: sign, 5 bits of exponent, 10 of fraction. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
  return halves;
}
