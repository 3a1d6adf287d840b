// A text cut into its tokens, to be looked at.

import type { Tokenizer } from './core-objects.ts';

export interface TokenPiece {
  id: number;
  text: string;
  /** How many it stands for. */
  bytes: number;
}

/** Bytes that are no whole characters are shown by their numbers, as in ⟨e3⟩⟨81⟩. */
export function tokenPieces(tokenizer: Tokenizer, text: string | Uint8Array): TokenPiece[] {
  return Array.from(tokenizer.encode(text), (id) => {
    const bytes = tokenizer.decode(id);
    return { id, text: readable(bytes), bytes: bytes.length };
  });
}

function readable(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `⟨${byte.toString(16)}⟩`,
    ).join('');
  }
}

/** How many bytes of this text a token stands for on average. */
export function bytesPerToken(tokenizer: Tokenizer, text: Uint8Array): number {
  return text.length / Math.max(1, tokenizer.encode(text).length);
}
