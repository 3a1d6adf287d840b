// The KV cache race: the same text generated with the cache and without it, a token of each in turn, so that other load on
// the machine slows both alike. Times and counts are those of the core's calls.

import type { GenerateSettings, GeneratedPiece, Slice } from './generate.ts';
import type { SampleOptions } from './generated/core-types.ts';

export type Lane = 'on' | 'off';
export const LANES: readonly Lane[] = ['on', 'off'];

/** One token of one lane. */
export interface RaceStep extends Slice {
  lane: Lane;
  /** Often empty: a character may need several tokens. */
  text: string;
}

export interface RacePart {
  steps: RaceStep[];
  /** Whether this is the last part. */
  done: boolean;
}

/** What one lane has done so far. */
export interface LaneResult {
  text: string;
  /** Of each token, in order. */
  steps: Slice[];
}

export type RaceResult = Record<Lane, LaneResult>;

type Generate = (
  options: SampleOptions,
  prompt: string,
  settings: GenerateSettings,
) => AsyncGenerator<GeneratedPiece, void, undefined>;

/** Parts are at least this long in milliseconds, except the last one. */
const PART_MS = 50;

/** Generates options.max_new_tokens tokens in each lane; an abort ends it early. */
export async function* cacheRace(
  generate: Generate,
  options: SampleOptions,
  prompt: string,
  signal?: AbortSignal,
): AsyncGenerator<RacePart, void, undefined> {
  const lanes = LANES.map((lane) => ({ lane, pieces: laneOf(generate, lane, options, prompt, signal) }));
  let steps: RaceStep[] = [];
  let began = performance.now();
  try {
    for (let running = true; running;) {
      running = false;
      for (const { lane, pieces } of lanes) {
        const next = await pieces.next();
        if (next.done === true) continue;
        running = true;
        steps.push({ lane, ...next.value });
      }
      if (running && performance.now() - began < PART_MS) continue;
      yield { steps, done: !running };
      steps = [];
      began = performance.now();
    }
  } finally {
    // A generator that is left alone would keep training waiting.
    for (const { pieces } of lanes) await pieces.return();
  }
}

async function* laneOf(
  generate: Generate,
  lane: Lane,
  options: SampleOptions,
  prompt: string,
  signal?: AbortSignal,
): AsyncGenerator<Slice & { text: string }, void, undefined> {
  let slice: Slice | undefined;
  const settings: GenerateSettings = {
    slice_ms: 0, // one token
    onSlice: (done) => (slice = done),
    ...(signal && { signal }),
  };
  for await (const { samples } of generate({ ...options, n: 1, cache: lane === 'on' }, prompt, settings))
    yield { ...slice!, text: samples[0]!.text };
}

export function noRace(): RaceResult {
  return { on: { text: '', steps: [] }, off: { text: '', steps: [] } };
}

/** The race with this part appended. */
export function withPart(race: RaceResult, part: RacePart): RaceResult {
  const grown = (lane: Lane): LaneResult => {
    const own = part.steps.filter((step) => step.lane === lane);
    return {
      text: race[lane].text + own.map(({ text }) => text).join(''),
      steps: [
        ...race[lane].steps,
        ...own.map(({ ms, computed, cached }): Slice => ({ ms, computed, cached })),
      ],
    };
  };
  return { on: grown('on'), off: grown('off') };
}

export interface LaneTotals {
  tokens: number;
  ms: number;
  tokens_per_s: number;
  computed: number;
}

export function totalsOf({ steps }: LaneResult): LaneTotals {
  const sum = (of: (slice: Slice) => number): number => steps.reduce((total, slice) => total + of(slice), 0);
  const ms = sum((slice) => slice.ms);
  return {
    tokens: steps.length,
    ms,
    tokens_per_s: ms > 0 ? (steps.length * 1000) / ms : 0,
    computed: sum(({ computed }) => computed),
  };
}
