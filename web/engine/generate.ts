// Text out of bytes that come in pieces: a character split between two pieces waits for its rest, bytes that
// are no UTF-8 become U+FFFD, and a byte order mark is kept as it is. A character that the last token left
// unfinished is not shown.

import type { Engine, Model } from './engine.ts';
import type { SampleOptions } from './core-types.ts';
import { nextTurn } from './next-turn.ts';

/** One piece of generated text. The last one has done = true. */
export interface GeneratedPiece {
  text: string;
  /** Tokens generated so far, and how many a second. */
  tokens: number;
  tokens_per_s: number;
  done: boolean;
  /** Why it ended: the length was reached, the stop text came, or somebody aborted it. */
  reason: '' | 'length' | 'stop' | 'aborted';
}

export interface GenerateSettings {
  /** Ends the generation; the last piece then says "aborted". */
  signal?: AbortSignal;
  /** How long one slice may keep the thread, in milliseconds. */
  slice_ms?: number;
}

/** Generates in slices and gives the event loop its turn between them. */
export async function* generateText(
  engine: Engine,
  model: Model,
  options: SampleOptions,
  prompt: string,
  { signal, slice_ms = 20 }: GenerateSettings = {},
): AsyncGenerator<GeneratedPiece, void, undefined> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const generator = engine.createGenerator(model, options, prompt);
  let worked_ms = 0;
  try {
    for (;;) {
      const began = performance.now();
      const event = generator.advance(slice_ms);
      worked_ms += performance.now() - began;
      const aborted = signal?.aborted === true && !event.done;
      const done = event.done || aborted;
      yield {
        text: decoder.decode(event.bytes, { stream: true }),
        tokens: event.tokens,
        tokens_per_s: worked_ms > 0 ? (event.tokens * 1000) / worked_ms : 0,
        done,
        reason: aborted ? 'aborted' : event.reason,
      };
      if (done) return;
      await nextTurn();
    }
  } finally {
    generator.delete();
  }
}

/** A sentence if the model cannot see a whole prompt of so many tokens, otherwise undefined. */
export function promptNote(tokens: number, max_len: number): string | undefined {
  if (tokens <= max_len) return undefined;
  return `The prompt has ${tokens} tokens and the model sees ${max_len} at a time, so it goes on from the last ${max_len} of them.`;
}
