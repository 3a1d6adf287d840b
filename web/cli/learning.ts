// How far the learning of the vocabulary has come, where somebody watches.

const WIDTH = 40;

/** One line, rewritten while it grows and taken away at the end. */
export function showLearning(done: number): void {
  if (!process.stderr.isTTY) return;
  const line = done < 1 ? `Learning the vocabulary … ${Math.floor(100 * done)} %` : '';
  process.stderr.write(`\r${line.padEnd(WIDTH)}\r`);
}
