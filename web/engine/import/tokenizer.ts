// tokenizer.json of a byte-level BPE. Our ids are fixed: bytes, then merges in their order, then all other tokens. So the
// tokens are renumbered, and with them the rows of the embeddings.

import type { ExtraToken } from '../checkpoint-info.ts';
import { byteCharacters, splitOf } from '../tokenizer-json.ts';
import { isObject, type Json } from './folder.ts';

export interface ImportedTokenizer {
  name: 'byte' | 'bpe';
  merges: [number, number][];
  split: string;
  /** The tokens after the bytes and merges. */
  extra: ExtraToken[];
  /** Our id of each of their ids; undefined if all are the same. */
  rows: Uint32Array | undefined;
  notes: string[];
}

const BYTES = 256;

export function readTokenizer(json: Json, vocab_size: number, ends: readonly number[]): ImportedTokenizer {
  const model = isObject(json['model']) ? json['model'] : {};
  requireByteLevel(json, model);
  const vocab = vocabularyOf(model);
  const characters = byteCharacters();
  const known = new Map(characters.map((character, byte) => [character, byte]));
  const merges = readMerges(model, known);
  const split = splitIn(json, merges.length);
  const numbers = new Numbers(vocab_size, merges.length);
  for (const [token, ours] of known) numbers.place(token, idOf(vocab, token), ours);
  const added = addedTokens(json);
  const notes: string[] = [];
  const extra = numbers.free().map((id): ExtraToken => {
    const { content, special } = added.get(id) ?? { content: vocab.names.get(id) ?? '', special: true };
    if (known.has(spelled(content, characters)))
      throw new Error(
        `tokenizer.json adds the token ${shown(content)} that its merges make too, which mini-llm cannot tell apart.`,
      );
    if (content !== '' && ends.includes(id)) return { text: content, kind: 'end' };
    // Text never becomes a token that is neither added nor made by merges.
    if (content === '' || !added.has(id)) return { text: '', kind: 'unused' };
    return { text: content, kind: special ? 'special' : 'text' };
  });
  const lost = [...added].filter(([id]) => id >= vocab_size).map(([, { content }]) => shown(content));
  if (lost.length > 0)
    notes.push(
      `The weights have no rows for these tokens of tokenizer.json, which are left out: ${lost.slice(0, 8).join(', ')}.`,
    );
  const plain = merges.length === 0 && extra.length === 0;
  return { name: plain ? 'byte' : 'bpe', merges, split, extra, rows: numbers.rows(), notes };
}

/** Which of our ids each of their ids becomes. */
class Numbers {
  readonly #ours: (number | undefined)[];
  readonly #tokens: number;

  constructor(vocab_size: number, merges: number) {
    this.#ours = new Array<number | undefined>(vocab_size).fill(undefined);
    this.#tokens = BYTES + merges;
  }

  place(token: string, id: number, ours: number): void {
    const vocab_size = this.#ours.length;
    if (id >= vocab_size) {
      // A model of ASCII bytes may lack rows for the others.
      if (this.#tokens === BYTES && ours >= vocab_size) return;
      throw new Error(
        `tokenizer.json gives the token ${shown(token)} the id ${id}, but config.json’s vocab_size is ${vocab_size}; ` +
          'give the two files that belong together.',
      );
    }
    if (this.#ours[id] !== undefined) throw new Error(`tokenizer.json gives two tokens the id ${id}.`);
    if (ours >= vocab_size)
      throw new Error(
        `config.json’s vocab_size is ${vocab_size}, fewer than the ${this.#tokens} tokens of tokenizer.json.`,
      );
    this.#ours[id] = ours;
  }

  /** The ids without a place, in their order, which then follow the others. */
  free(): number[] {
    const free = Array.from(this.#ours.keys()).filter((id) => this.#ours[id] === undefined);
    const next = this.#ours.length - free.length;
    free.forEach((id, i) => (this.#ours[id] = next + i));
    return free;
  }

  rows(): Uint32Array | undefined {
    return this.#ours.every((ours, id) => ours === id) ? undefined : Uint32Array.from(this.#ours, Number);
  }
}

interface Vocabulary {
  ids: ReadonlyMap<string, number>;
  names: ReadonlyMap<number, string>;
}

function vocabularyOf({ vocab }: Json): Vocabulary {
  if (!isObject(vocab)) throw new Error('tokenizer.json has no vocabulary (model.vocab).');
  const ids = new Map<string, number>();
  const names = new Map<number, string>();
  for (const [token, id] of Object.entries(vocab)) {
    if (!isId(id))
      throw new Error(
        `tokenizer.json gives the token ${shown(token)} the id ${JSON.stringify(id)}, which is none.`,
      );
    ids.set(token, id);
    names.set(id, token);
  }
  return { ids, names };
}

function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0;
}

function idOf({ ids }: Vocabulary, token: string): number {
  const id = ids.get(token);
  if (id !== undefined) return id;
  throw new Error(
    `tokenizer.json’s vocabulary lacks ${shown(token)}, ${[...token].length === 1 ? 'a byte that any text may hold' : 'which its merges make'}.`,
  );
}

/** Adds the token of each merge to `known`; returns our pairs. */
function readMerges({ merges }: Json, known: Map<string, number>): [number, number][] {
  if (!Array.isArray(merges)) throw new Error('tokenizer.json has no merges (model.merges).');
  return merges.map((merge: unknown, i) => {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((part) => typeof part === 'string'))
      throw new Error(`tokenizer.json’s merge ${i} is ${JSON.stringify(merge)}, and not a pair of tokens.`);
    const [first, second] = pair as [string, string];
    const ids = [first, second].map((part) => {
      const id = known.get(part);
      if (id === undefined)
        throw new Error(`tokenizer.json’s merge ${i} joins ${shown(part)}, which no earlier merge makes.`);
      return id;
    });
    const token = first + second;
    if (known.has(token))
      throw new Error(`tokenizer.json’s merges make ${shown(token)} twice, which mini-llm cannot do.`);
    known.set(token, BYTES + i);
    return ids as [number, number];
  });
}

interface AddedToken {
  content: string;
  special: boolean;
}

function addedTokens({ added_tokens = [] }: Json): Map<number, AddedToken> {
  if (!Array.isArray(added_tokens)) throw new Error('tokenizer.json’s added_tokens are no list.');
  const found = new Map<number, AddedToken>();
  for (const token of added_tokens as unknown[]) {
    const { id, content, special } = isObject(token) ? token : ({} as Json);
    if (!isId(id) || typeof content !== 'string' || content === '')
      throw new Error(`tokenizer.json’s added token ${JSON.stringify(token)} has no id or no content.`);
    for (const flag of ['lstrip', 'rstrip', 'single_word'])
      if ((token as Json)[flag] === true)
        throw new Error(
          `tokenizer.json’s token ${shown(content)} has the flag ${flag}, which mini-llm does not know.`,
        );
    found.set(id, { content, special: special !== false });
  }
  return found;
}

/** Throws unless the tokenizer is a byte-level BPE that ours can be. */
function requireByteLevel({ normalizer }: Json, model: Json): void {
  const { type = 'BPE' } = model;
  if (type !== 'BPE')
    throw new Error(
      `tokenizer.json’s tokenizer is of the type ${JSON.stringify(type)}; mini-llm opens byte-level BPE.`,
    );
  for (const flag of [
    'byte_fallback',
    'ignore_merges',
    'dropout',
    'continuing_subword_prefix',
    'end_of_word_suffix',
  ]) {
    const value = model[flag];
    if (value !== undefined && value !== null && value !== false && value !== '' && value !== 0)
      throw new Error(
        `tokenizer.json sets ${flag}, which byte-level BPE as in GPT-2 and Qwen3 does not have.`,
      );
  }
  const steps =
    isObject(normalizer) && Array.isArray(normalizer['normalizers'])
      ? normalizer['normalizers']
      : [normalizer];
  for (const step of steps as unknown[]) {
    const name: unknown = isObject(step) ? step['type'] : undefined;
    if (name !== undefined && name !== 'NFC')
      throw new Error(
        `tokenizer.json changes texts with the normalizer ${JSON.stringify(name)}; mini-llm encodes them as they are.`,
      );
  }
}

/** The name of the split into words. */
function splitIn({ pre_tokenizer }: Json, merges: number): string {
  const steps =
    isObject(pre_tokenizer) && Array.isArray(pre_tokenizer['pretokenizers'])
      ? (pre_tokenizer['pretokenizers'] as unknown[]).filter(isObject)
      : [pre_tokenizer].filter(isObject);
  const byteLevel = steps.find(({ type }) => type === 'ByteLevel');
  if (!byteLevel)
    throw new Error('tokenizer.json has no ByteLevel pre-tokenizer; mini-llm opens byte-level BPE.');
  if (byteLevel['add_prefix_space'] === true)
    throw new Error(
      'tokenizer.json sets add_prefix_space, which puts a space before each text; mini-llm encodes texts as they are.',
    );
  const others = steps.filter((step) => step !== byteLevel);
  const whole = byteLevel['use_regex'] === false;
  if (others.length === 0 && (!whole || merges === 0)) return 'gpt2';
  const [{ type, pattern, behavior, invert } = {} as Json] = others;
  const regex = isObject(pattern) ? pattern['Regex'] : undefined;
  const split = typeof regex === 'string' ? splitOf(regex) : undefined;
  if (others.length === 1 && whole && type === 'Split' && behavior === 'Isolated' && invert !== true && split)
    return split;
  throw new Error(
    `tokenizer.json splits texts into words by ${shown(regex ?? type ?? 'nothing')}; mini-llm knows GPT-2’s and Qwen’s splits.`,
  );
}

/** As the vocabulary would spell this text. */
function spelled(text: string, characters: readonly string[]): string {
  return Array.from(new TextEncoder().encode(text), (byte) => characters[byte]!).join('');
}

function shown(value: unknown): string {
  const text = String(value);
  return `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
}
