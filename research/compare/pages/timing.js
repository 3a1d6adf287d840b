// Timing shared by the pages.
import { median } from '../../lib/statistics.mjs';

/** A slower step is not repeated. */
const TOO_SLOW_MS = 20_000;
/** A slower step is timed once. */
const SLOW_MS = 5_000;

/** The median time of `work` in ms: it runs for about `seconds`, and at least `fewest` times, after warming up. */
export async function medianTime(work, { seconds, warmUp = 2, fewest = 3 }) {
  let last = 0;
  const timed = async () => {
    const start = performance.now();
    await work();
    return (last = performance.now() - start);
  };
  for (let i = 0; i < warmUp && last < SLOW_MS; i++) await timed();
  if (last > TOO_SLOW_MS)
    throw new Error(`a step takes ${(last / 1000).toFixed(0)} s, which is too long to repeat`);
  const times = [];
  const enough = last > SLOW_MS ? 1 : fewest;
  const began = performance.now();
  while (times.length < enough || performance.now() - began < seconds * 1000) times.push(await timed());
  return median(times);
}

export function checkLoss(loss) {
  if (!(loss > 0 && loss < 20)) throw new Error(`the loss became ${loss}`);
}

/** Random token ids for one batch. */
export function randomIds({ batch_size, seq_len, vocab_size }) {
  return Int32Array.from({ length: batch_size * seq_len }, () => Math.floor(Math.random() * vocab_size));
}
