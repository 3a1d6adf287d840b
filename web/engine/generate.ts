// Generates text piece by piece. A character split between two pieces waits for its remaining bytes, invalid bytes become
// U+FFFD, and a byte order mark is kept. A character that the last token left incomplete is dropped.

import type { Model } from './core-objects.ts';
import type { Engine } from './engine.ts';
import type { SampleOptions } from './generated/core-types.ts';
import { nextTurn } from './event-loop.ts';

/** One sample's part of a piece; or, joined by withPiece, the sample so far. */
export interface GeneratedSample {
  text: string;
  /** Tokens of this sample so far. */
  tokens: number;
  /** Why it ended: its length, a stop text or an abort; empty until then. */
  reason: '' | 'length' | 'stop' | 'aborted';
}

/** The new text of every sample. The last piece has done = true. */
export interface GeneratedPiece {
  samples: GeneratedSample[];
  /** Tokens of all samples so far, and tokens per second. */
  tokens: number;
  tokens_per_s: number;
  done: boolean;
}

/** The samples with this piece appended. */
export function withPiece(
  samples: readonly GeneratedSample[],
  { samples: parts }: GeneratedPiece,
): GeneratedSample[] {
  return parts.map((part, i) => ({ ...part, text: (samples[i]?.text ?? '') + part.text }));
}

export interface GenerateSettings {
  /** Ends the generation; the last piece then says "aborted". */
  signal?: AbortSignal;
  /** Length of a slice in milliseconds. */
  slice_ms?: number;
  /** Hears of each slice before its piece is yielded. */
  onSlice?: (slice: Slice) => void;
}

/** One call of the core. */
export interface Slice {
  ms: number;
  /** Tokens run through the layers, … */
  computed: number;
  /** … and earlier tokens whose keys and values were read from the cache instead. */
  cached: number;
}

/** Generates in slices and yields to the event loop between them. */
export async function* generateText(
  engine: Engine,
  model: Model,
  options: SampleOptions,
  prompt: string,
  { signal, slice_ms = 20, onSlice }: GenerateSettings = {},
): AsyncGenerator<GeneratedPiece, void, undefined> {
  const decoders = Array.from({ length: options.n }, () => new TextDecoder('utf-8', { ignoreBOM: true }));
  const generator = engine.createGenerator(model, options, prompt);
  let worked_ms = 0;
  try {
    for (;;) {
      const began = performance.now();
      const event = generator.advance(slice_ms);
      const ms = performance.now() - began;
      worked_ms += ms;
      onSlice?.({ ms, computed: event.computed, cached: event.cached });
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

/** A prompt that is longer than the context, here in English. */
export const PROMPT_TOO_LONG = (tokens: number, seq_len: number): string =>
  `The prompt has ${tokens} tokens and the model sees ${seq_len} at once, so it continues the last ${seq_len} of them.`;

/** A sentence if a prompt is longer than the model's context, otherwise undefined. */
export function promptNote(tokens: number, seq_len: number, say = PROMPT_TOO_LONG): string | undefined {
  return tokens <= seq_len ? undefined : say(tokens, seq_len);
}
