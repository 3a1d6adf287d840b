// The files of a model as Hugging Face's libraries save it: config.json, tokenizer.json and weights as safetensors.

import { formatBytes } from '../format.ts';
import { nameOf } from './recognize.ts';

/** A file that is read piece by piece. */
export interface ModelPart {
  /** Its path in what was opened, with slashes. */
  readonly path: string;
  readonly size: number;
  /** Reads `length` bytes from position `at`. */
  read(at: number, length: number): Uint8Array | Promise<Uint8Array>;
}

export type Json = Readonly<Record<string, unknown>>;

/** Larger ones are no such files: the tokenizer of a vocabulary of 150,000 tokens has 11 MB. */
const MAX_JSON_BYTES = 64 * 2 ** 20;

/** The files beside config.json, by their names. */
export class ModelFolder {
  readonly #files: ReadonlyMap<string, ModelPart>;

  constructor(parts: readonly ModelPart[]) {
    const configs = parts.filter(({ path }) => nameOf(path) === 'config.json');
    if (configs.length === 0)
      throw new Error('config.json is missing, which says what kind of model this is; add it to the others.');
    const depth = (path: string): number => path.split('/').length;
    const least = Math.min(...configs.map(({ path }) => depth(path)));
    const [config, second] = configs.filter(({ path }) => depth(path) === least);
    if (second)
      throw new Error(`There are several models: ${config!.path} and ${second.path}; open one at a time.`);
    const folder = config!.path.slice(0, -'config.json'.length);
    const here = parts.filter(({ path }) => path.startsWith(folder) && depth(path) === least);
    this.#files = new Map(here.map((part) => [nameOf(part.path), part]));
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  /** Throws with this hint if the file is missing. */
  file(name: string, hint: string): ModelPart {
    const part = this.#files.get(name);
    if (!part) throw new Error(`${name} is missing; ${hint}.`);
    return part;
  }

  async json(name: string, hint: string): Promise<Json> {
    const part = this.file(name, hint);
    if (part.size > MAX_JSON_BYTES)
      throw new Error(`${name} has ${formatBytes(part.size)}, far more than such a file needs.`);
    return parseJson(await part.read(0, part.size), name);
  }

  get names(): string[] {
    return [...this.#files.keys()];
  }
}

/** Parses a JSON object; throws a sentence with this name if it is none. */
export function parseJson(bytes: Uint8Array, name: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error(`${name} is not valid JSON.`);
  }
  if (!isObject(value)) throw new Error(`${name} is not a JSON object.`);
  return value;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
