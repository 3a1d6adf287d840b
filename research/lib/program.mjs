// What every research command needs: failures as sentences, and values of flags.

import { parseArgs } from 'node:util';
import { Failure, say } from '../../tools/lib/report.mjs';

/** Runs a program's main function; a failure ends it with a sentence and exit status 1. */
export async function program(main) {
  try {
    await main();
  } catch (error) {
    say(error instanceof Failure ? error.message : (error?.stack ?? String(error)));
    process.exitCode = 1;
  }
}

/** {values, positionals} of the command line, as parseArgs gives them; a flag that does not exist is a failure. */
export function parseFlags(options, settings = {}) {
  try {
    return parseArgs({ options, ...settings });
  } catch (error) {
    const flags = Object.keys(options).map((name) => `--${name}`);
    throw new Failure(`${error.message} There are ${flags.join(', ')}.`);
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
