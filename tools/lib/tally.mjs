// Counting what passed and failed, over tools that count in different ways.
import { say, seconds } from './report.mjs';

export class Tally {
  passed = 0;
  failed = 0;

  /** Runs one step; its work answers {passed, failed}, or nothing for a single check. An exception is a failure. */
  async step(name, work) {
    say(`\n── ${name}`);
    const start = performance.now();
    const counts = await work().then(
      (result) => result ?? { passed: 1, failed: 0 },
      (error) => {
        say(error.message);
        return { passed: 0, failed: 1 };
      },
    );
    this.passed += counts.passed;
    this.failed += counts.failed;
    say(
      `── ${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds(performance.now() - start)}`,
    );
  }

  /** Prints the total as the last line and sets the exit status. */
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    if (this.failed > 0 || this.passed === 0) process.exitCode = 1;
  }
}
