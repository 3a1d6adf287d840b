// How the program ends: exit codes that scripts rely on, errors that carry one, and signals.

export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  hangup: 129,
  interrupted: 130,
  quit: 131,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error whose message is printed without a stack trace. */
export class Failure extends Error {
  override name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.error, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** Ends a command whose arguments cannot be carried out. */
export function refuse(message: string): never {
  throw new Failure(message, EXIT.usage);
}

const SIGNAL_CODES = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hangup,
} as const;

/** Under npx one Ctrl-C arrives twice: from the terminal, and forwarded by npm. */
const ONE_KEY_PRESS_MS = 500;

/** The first signal calls `stop`, which saves and exits; a second one exits at once. */
export class Signals {
  #received: ExitCode | undefined;
  #receivedAt = 0;

  constructor(stop: () => void) {
    for (const [name, code] of Object.entries(SIGNAL_CODES) as [NodeJS.Signals, ExitCode][]) {
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

  /** The exit code of the first signal, if one came. */
  get received(): ExitCode | undefined {
    return this.#received;
  }
}
