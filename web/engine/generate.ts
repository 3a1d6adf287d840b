// Text out of bytes that come in pieces: a character split between two pieces waits for its rest, bytes that
// are no UTF-8 become U+FFFD, and a byte order mark is kept as it is. A character that the last token left
// unfinished is not shown.

import type { Model } from './core-objects.ts';
import type { Engine } from './engine.ts';
import type { SampleOptions } from './generated/core-types.ts';
import { nextTurn } from './next-turn.ts';

/** One sample's part of a piece, or, put together by withPiece, what there is of the sample so far. */
export interface GeneratedSample {
  text: string;
  /** Tokens generated so far. */
  tokens: number;
  /** Why it ended: the length was reached, a stop text came, or somebody aborted it; empty until then. */
  reason: '' | 'length' | 'stop' | 'aborted';
}

/** One piece of generated text: the new text of every sample. The last piece has done = true. */
export interface GeneratedPiece {
  samples: GeneratedSample[];
  /** Tokens of all samples generated so far, and how many a second. */
  tokens: number;
  tokens_per_s: number;
  done: boolean;
}

/** The samples as they are with this piece added. */
export function withPiece(
  samples: readonly GeneratedSample[],
  { samples: parts }: GeneratedPiece,
): GeneratedSample[] {
  return parts.map((part, i) => ({ ...part, text: (samples[i]?.text ?? '') + part.text }));
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
  const decoders = Array.from({ length: options.n }, () => new TextDecoder('utf-8', { ignoreBOM: true }));
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
        samples: event.samples.map(({ bytes, tokens, reason }, i) => ({
          text: decoders[i]!.decode(bytes, { stream: true }),
          tokens,
          reason: reason === '' && aborted ? 'aborted' : reason,
        })),
        tokens: event.tokens,
        tokens_per_s: worked_ms > 0 ? (event.tokens * 1000) / worked_ms : 0,
        done,
      };
      if (done) return;
      await nextTurn();
    }
  } finally {
    generator.delete();
  }
}

/** A sentence if the model cannot see a whole prompt of so many tokens, otherwise undefined. */
export function promptNote(tokens: number, seq_len: number): string | undefined {
  if (tokens <= seq_len) return undefined;
  return `The prompt has ${tokens} tokens and the model sees ${seq_len} at a time, so it goes on from the last ${seq_len} of them.`;
}
