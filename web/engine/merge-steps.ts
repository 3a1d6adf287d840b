// How a text becomes tokens: its bytes, and the merges of the tokenizer that join them, one after another.

import type { Tokenizer } from './core-objects.ts';
import { joinBytes } from './join-bytes.ts';
import { readable } from './token-pieces.ts';

/** A token and its bytes. */
export interface ByteToken {
  id: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Merge {
  left: ByteToken;
  right: ByteToken;
  /** The token that replaces both wherever they stand side by side in a word. */
  into: ByteToken;
}

export interface SplitText {
  tokens: ByteToken[];
  /** Those that the tokens of this text are made by, in the order in which they were learned and are applied. */
  merges: Merge[];
}

export function splitText(tokenizer: Tokenizer, text: string): SplitText {
  const pairs = tokenizer.merges();
  const token = (id: number): ByteToken => ({ id, bytes: tokenizer.decode(id) });
  const ids = [...tokenizer.encode(text)];
  const used = new Set<number>();
  const visit = (id: number): void => {
    const pair = pairs[id - 256];
    if (id < 256 || !pair || used.has(id)) return;
    used.add(id);
    pair.forEach(visit);
  };
  ids.forEach(visit);
  return {
    tokens: ids.map(token),
    merges: [...used]
      .sort((a, b) => a - b)
      .map((id) => {
        const [left, right] = pairs[id - 256]!;
        return { left: token(left), right: token(right), into: token(id) };
      }),
  };
}

/**
 * The tokens before the first merge, after it, and so on. No merge reaches past the end of a final token, so each final token
 * is built by itself.
 */
export function replay({ tokens, merges }: SplitText): ByteToken[][] {
  const learned = new Set(merges.map(({ into }) => into.id));
  let now = tokens.map((token) => (learned.has(token.id) ? bytesOf(token) : [token]));
  const states = [now.flat()];
  for (const merge of merges) {
    now = now.map((parts) => joined(parts, merge));
    states.push(now.flat());
  }
  return states;
}

function bytesOf({ bytes }: ByteToken): ByteToken[] {
  return Array.from(bytes, (byte) => ({ id: byte, bytes: Uint8Array.of(byte) }));
}

function joined(parts: readonly ByteToken[], { left, right, into }: Merge): ByteToken[] {
  const result: ByteToken[] = [];
  for (let i = 0; i < parts.length; i++) {
    const pair = parts[i]!.id === left.id && parts[i + 1]?.id === right.id;
    result.push(pair ? into : parts[i]!);
    if (pair) i++;
  }
  return result;
}

/** Tokens that together are whole characters; one alone, unless it is a part of a character. */
export interface WholeCharacters {
  text: string;
  tokens: ByteToken[];
}

export function wholeCharacters(tokens: readonly ByteToken[]): WholeCharacters[] {
  const groups: WholeCharacters[] = [];
  let open: ByteToken[] = [];
  for (const token of tokens) {
    open.push(token);
    const bytes = joinBytes(open.map((part) => part.bytes));
    if (endsInside(bytes)) continue;
    groups.push({ text: readable(bytes), tokens: open });
    open = [];
  }
  return open.length > 0
    ? [...groups, { text: readable(joinBytes(open.map((part) => part.bytes))), tokens: open }]
    : groups;
}

/** Whether UTF-8 ends before its last character does. */
function endsInside(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  decoder.decode(bytes, { stream: true });
  return decoder.decode() !== '';
}

/** "ed 95 9c". */
export function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
