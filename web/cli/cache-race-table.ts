// The KV cache race as a table: both lanes at some positions of the text, then as a whole.

import { LANES, totalsOf, type RaceResult } from '../engine/cache-race.ts';
import { counted, formatCount, formatRate } from '../engine/format.ts';
import { textTable } from './terminal.ts';

const ROWS = 8;

export function raceTable(race: RaceResult): string {
  const totals = { on: totalsOf(race.on), off: totalsOf(race.off) };
  const same = race.on.text === race.off.text ? 'the same text' : 'different texts, which must not happen';
  const speed = totals.on.tokens_per_s / totals.off.tokens_per_s;
  return textTable({
    title: `The KV cache race: ${counted(totals.on.tokens, 'token')} with the cache and without it; both wrote ${same}. With it generation is ${speed.toFixed(1)} times as fast.`,
    head: ['token', 'ms with cache', 'without', 'tokens computed with cache', 'without'],
    rows: [
      ...spread(race.on.steps.length).map((i) => [
        formatCount(i + 1),
        ...LANES.map((lane) => race[lane].steps[i]!.ms.toFixed(3)),
        ...LANES.map((lane) => formatCount(race[lane].steps[i]!.computed)),
      ]),
      [
        'all',
        ...LANES.map((lane) => totals[lane].ms.toFixed(1)),
        ...LANES.map((lane) => formatCount(totals[lane].computed)),
      ],
      ['tokens/s', ...LANES.map((lane) => formatRate(totals[lane].tokens_per_s)), '', ''],
    ],
    words: 1,
  });
}

/** At most ROWS of `count` indices, evenly spread, with the first and the last one. */
function spread(count: number): number[] {
  const rows = Math.min(ROWS, count);
  return Array.from({ length: rows }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, rows - 1)));
}
