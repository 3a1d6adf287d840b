// How the program ends: the codes that scripts rely on, and errors that carry one.

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

/** Something that went wrong and is told in a sentence, without a stack trace. */
export class Failure extends Error {
  override name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.error, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
