// What every research command needs: messages on stderr, failures as sentences, and values of flags.

/** A failure that the user can mend: its message is a sentence, shown without a stack trace. */
export class Failure extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program's main function; a failure ends it with a sentence and exit status 1. */
export async function program(main) {
  try {
    await main();
  } catch (error) {
    say(error instanceof Failure ? error.message : (error?.stack ?? String(error)));
    process.exitCode = 1;
  }
}

/** The names in a list; all allowed names if the flag is missing. */
export function namesIn(flag, text, allowed, separator = ',') {
  const names = text === undefined ? allowed : text.split(separator).map((name) => name.trim());
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw new Failure(`--${flag} must be among ${allowed.join(', ')}, not "${unknown}".`);
  return names;
}

export function wholeNumber(flag, text) {
  const n = positiveNumber(flag, text);
  if (!Number.isInteger(n)) throw new Failure(`--${flag} must be a whole number, not "${text}".`);
  return n;
}

export function positiveNumber(flag, text) {
  const n = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (!(n > 0)) throw new Failure(`--${flag} must be above zero, not "${text}".`);
  return n;
}
