// Cuts a generated text into plain and copied parts.

import type { Copied } from '../../engine/copied.ts';

export interface Part {
  part: string;
  kind: '' | 'copied' | 'longest';
}

/** The longest piece is a part of its own, though it may lie within a longer stretch. */
export function highlighted(text: string, { stretches, longest }: Copied): Part[] {
  const ends = stretches.flatMap(({ start, end }) => [start, end]);
  if (longest) ends.push(longest.start, longest.end);
  const cuts = [...new Set([0, ...ends, text.length])].sort((a, b) => a - b);
  const kindAt = (at: number): Part['kind'] => {
    if (longest && at >= longest.start && at < longest.end) return 'longest';
    return stretches.some(({ start, end }) => at >= start && at < end) ? 'copied' : '';
  };
  return cuts.slice(1).map((end, i) => ({ part: text.slice(cuts[i], end), kind: kindAt(cuts[i]!) }));
}
