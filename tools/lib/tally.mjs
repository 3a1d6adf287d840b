// Counting what passed and failed, over tools that count in different ways.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { say, seconds } from './report.mjs';

export class Tally {
  passed = 0;
  failed = 0;

  /** Runs one step; its work returns {passed, failed}, or nothing for a single check. An exception is a failure. */
  async step(name, work) {
    say(`\n── ${name}`);
    const start = performance.now();
    let counts;
    try {
      counts = (await work()) ?? { passed: 1, failed: 0 };
    } catch (error) {
      say(error.message);
      counts = { passed: 0, failed: 1 };
    }
    const { passed, failed } = counts;
    this.passed += passed;
    this.failed += failed;
    say(`── ${name}: ${passed} passed, ${failed} failed, ${seconds(performance.now() - start)}`);
  }

  /** Prints the total as the last line and sets the exit status. */
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    if (this.failed > 0 || this.passed === 0) process.exitCode = 1;
  }
}

/**
 * Runs a test program and returns what `read` finds in the report that it writes. A program that fails although no
 * test did counts as one failure, for example when a sanitizer reports an error at exit.
 */
export async function counted(report, start, read) {
  rmSync(report, { force: true });
  const error = await start().then(
    () => undefined,
    (failure) => failure,
  );
  if (!existsSync(report)) throw error ?? new Error(`The tests left no report in ${report}.`);
  let counts;
  try {
    counts = read(readFileSync(report, 'utf8'));
  } catch (unreadable) {
    throw error ?? unreadable;
  }
  return error && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
