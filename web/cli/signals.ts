// Ctrl-C and its relatives: the first asks the run to save and leave, the second leaves at once.

import { EXIT, type ExitCode } from './exit.ts';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;

/** Under npx one key press arrives twice: from the terminal, and from npm, which passes it on. */
const ONE_KEY_PRESS_MS = 500;

export class Signals {
  #received: ExitCode | undefined;
  #receivedAt = 0;

  constructor(stop: () => void) {
    for (const [name, code] of Object.entries(CODES) as [NodeJS.Signals, ExitCode][]) {
      process.on(name, () => {
        if (this.#received !== undefined) {
          if (performance.now() - this.#receivedAt > ONE_KEY_PRESS_MS) process.exit(code);
          return;
        }
        this.#received = code;
        this.#receivedAt = performance.now();
        stop();
      });
    }
  }

  /** The exit code that the signal asks for, if one came. */
  get received(): ExitCode | undefined {
    return this.#received;
  }
}
