// Ctrl-C and its relatives: the first asks the run to save and leave, the second leaves at once.

import { EXIT, type ExitCode } from './exit.ts';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hangup } as const;

export class Signals {
  #received: ExitCode | undefined;
  readonly #handlers = new Map<NodeJS.Signals, () => void>();

  constructor(stop: () => void) {
    for (const [name, code] of Object.entries(CODES) as [NodeJS.Signals, ExitCode][]) {
      const handler = (): void => {
        if (this.#received !== undefined) process.exit(code);
        this.#received = code;
        stop();
      };
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  /** The exit code that the signal asks for, if one came. */
  get received(): ExitCode | undefined {
    return this.#received;
  }

  release(): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }
}
