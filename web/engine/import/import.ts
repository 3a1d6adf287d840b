// Opens models of other programs: turns a folder as Hugging Face's libraries save it into the bytes of a model file of ours,
// which the core then reads and checks like any other. Weights are read and converted piece by piece.

import { formatBytes, formatParameters } from '../format.ts';
import type { ModelConfig } from '../generated/core-types.ts';
import { HEAP_LIMIT_BYTES } from '../limits.ts';
import { emptyFile } from '../safetensors.ts';
import { POSITION_TABLE, TOKEN_TABLES, tensorShapes, type Shapes } from '../tensor-shapes.ts';
import { readConfig } from './config.ts';
import { ModelFolder, type ModelPart } from './folder.ts';
import { matchTensors } from './layout.ts';
import { BYTES, findTensors, requireDtype, TO_FLOAT32, type TensorPlace } from './tensors.ts';
import { readTokenizer, type ImportedTokenizer } from './tokenizer.ts';

export type { ModelPart };

export interface ImportSettings {
  /** A shorter context than the model's. */
  seq_len?: number;
}

export interface Imported {
  /** A model file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Sentences for the user. */
  notes: string[];
}

/** Throws with a sentence if the files are no model, or one that mini-llm cannot compute exactly. */
export async function importModel(
  parts: readonly ModelPart[],
  { seq_len }: ImportSettings = {},
): Promise<Imported> {
  const folder = new ModelFolder(parts);
  const json = await folder.json('config.json', '');
  const generation = folder.has('generation_config.json')
    ? await folder.json('generation_config.json', '')
    : undefined;
  const { config, positions, ends, notes } = readConfig(json, generation, seq_len);
  const shapes = tensorShapes(config, positions);
  requireMemory(shapes);
  const tensors = matchTensors(await findTensors(folder), config, shapes);
  for (const [name, place] of tensors) requireDtype(name, place);
  const tokenizer = readTokenizer(
    await folder.json(
      'tokenizer.json',
      'save the tokenizer with save_pretrained() of transformers’ fast tokenizers',
    ),
    config.vocab_size,
    ends,
  );
  const bytes = await modelFile(config, tokenizer, tensors, shapes);
  return { bytes, notes: [...notes, ...tokenizer.notes] };
}

/** The core holds the file and the model at the same time. */
function requireMemory(shapes: Shapes): void {
  const parameters = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
  const bytes = 2 * BYTES.F32 * parameters;
  if (bytes <= HEAP_LIMIT_BYTES) return;
  throw new Error(
    `This model has ${formatParameters(parameters)} parameters, which take ${formatBytes(bytes)} of memory while it is ` +
      `opened, and ${formatBytes(HEAP_LIMIT_BYTES)} are available; open a smaller one.`,
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

async function modelFile(
  config: ModelConfig,
  tokenizer: ImportedTokenizer,
  tensors: ReadonlyMap<string, TensorPlace>,
  shapes: Shapes,
): Promise<Uint8Array<ArrayBuffer>> {
  const spaces = [...shapes].map(([name, whole]) => {
    const shape = keptShape(name, whole, config);
    return { name, dtype: 'F32', shape, size: BYTES.F32 * sizeOf(shape) };
  });
  const ours = { format: 'pt', mini_llm: JSON.stringify(metadata(config, tokenizer)) };
  const { file, begins } = emptyFile(ours, spaces);
  for (const [i, { name, shape }] of spaces.entries()) {
    const values = new Float32Array(file.buffer, begins[i], sizeOf(shape));
    const rows = TOKEN_TABLES.includes(name) ? tokenizer.rows : undefined;
    await copyTensor(tensors.get(name)!, values, rows);
  }
  return file;
}

/** Positions past the context are left out. */
function keptShape(name: string, shape: readonly number[], { seq_len }: ModelConfig): readonly number[] {
  return name === POSITION_TABLE ? [seq_len, ...shape.slice(1)] : shape;
}

/** What the core reads in a model file without a run (cpp/io/file_info.cpp). */
function metadata(config: ModelConfig, { name, merges, split, extra }: ImportedTokenizer): object {
  return {
    version: 1,
    tokenizer: name,
    ...(merges.length > 0 ? { merges } : {}),
    ...(extra.length > 0 ? { extra_tokens: extra } : {}),
    split,
    config,
    step: 0,
    val_step: 0,
    corpus_sha256: '',
  };
}

/** Larger tensors are read in several pieces. */
const PIECE_BYTES = 16 * 2 ** 20;

/** Copies as many rows as fit into `values`; row i goes to row rows[i]. */
async function copyTensor(place: TensorPlace, values: Float32Array, rows?: Uint32Array): Promise<void> {
  const { file, shape, dtype, at } = place;
  const width = sizeOf(shape.slice(1));
  const count = values.length / width;
  const rowBytes = width * BYTES[dtype];
  const step = Math.max(1, Math.floor(PIECE_BYTES / rowBytes));
  for (let first = 0; first < count; first += step) {
    const some = Math.min(step, count - first);
    const piece = TO_FLOAT32[dtype](await readAll(file, at + first * rowBytes, some * rowBytes));
    if (rows)
      for (let i = 0; i < some; i++)
        values.set(piece.subarray(i * width, (i + 1) * width), rows[first + i]! * width);
    else values.set(piece, first * width);
  }
}

async function readAll(file: ModelPart, at: number, length: number): Promise<Uint8Array> {
  const bytes = await file.read(at, length);
  if (bytes.length !== length) throw new Error(`${file.path} became shorter while it was read.`);
  return bytes;
}
