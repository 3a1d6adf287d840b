// A text cut into its tokens, for display.

import type { Tokenizer } from './core-objects.ts';

export interface TokenPiece {
  id: number;
  text: string;
  /** Number of bytes in the token. */
  bytes: number;
}

/** Incomplete characters are shown as hexadecimal bytes: ⟨e3⟩⟨81⟩. */
export function tokenPieces(tokenizer: Tokenizer, text: string | Uint8Array): TokenPiece[] {
  return Array.from(tokenizer.encode(text), (id) => {
    const bytes = tokenizer.decode(id);
    return { id, text: readable(bytes), bytes: bytes.length };
  });
}

/** The bytes as text. */
export function readable(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `⟨${byte.toString(16)}⟩`,
    ).join('');
  }
}

/** Average number of bytes per token in this text. */
export function bytesPerToken(tokenizer: Tokenizer, text: Uint8Array): number {
  return text.length / Math.max(1, tokenizer.encode(text).length);
}
