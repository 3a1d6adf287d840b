// Figures for people, beside what the tests decide: hashes, distances, losses. `npm test` prints them at its end.

import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** tools/test.mjs reads it. */
const FILE = fileURLToPath(new URL('../../build/figures.txt', import.meta.url));

/** Notes a figure under the name of the test that runs. */
export function figure(value: string): void {
  appendFileSync(FILE, `${expect.getState().currentTestName}: ${value}\n`);
}

/** Notes the largest of some distances, and returns it. */
export function largest(distances: readonly number[]): number {
  const most = Math.max(...distances);
  figure(`at most ${most.toExponential(1)} apart`);
  return most;
}
