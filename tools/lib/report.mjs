// What the tools print. Everything goes to stderr, so that the output of `mini-llm … --json` stays clean.

/** A failure that the user can fix: its message is a sentence, and no stack trace is shown. */
export class Failure extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Announces a step, runs it and reports how long it took. */
export async function step(what, work) {
  say(`${what} …`);
  const start = performance.now();
  const result = await work();
  say(`${what}: done in ${seconds(performance.now() - start)}`);
  return result;
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Runs a program's main function; a failure ends it with a sentence and exit status 1. */
export async function entry(main) {
  try {
    await main();
  } catch (error) {
    say(`mini-llm: ${error instanceof Failure ? error.message : (error?.stack ?? error)}`);
    process.exitCode = 1;
  }
}
