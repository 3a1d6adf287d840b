// Stops a run, resumes it, and compares its file with that of the same run without a stop.

import type { Corpus } from '../../web/engine/corpus.ts';
import type { Engine } from '../../web/engine/engine.ts';
import type { Options } from '../../web/engine/options.ts';
import { prepareResume } from '../../web/engine/prepare.ts';
import { Run } from '../../web/engine/run.ts';
import { sha256 } from './engine.ts';

/** Trains to the end or to stop_at_step, with these options over those of the test. */
export type Begin = (given: Partial<Options>) => Promise<{ run: Run }>;

/** The SHA-256 of the file of a run that is not stopped. */
export async function wholeHash(begin: Begin): Promise<string> {
  return hashAndDelete((await begin({})).run);
}

/** The SHA-256 of the file of a run that is stopped at a step and resumed on `engine`. */
export async function resumedHash(
  begin: Begin,
  engine: Engine,
  corpus: Corpus,
  stop_at_step = 7,
): Promise<string> {
  const { run: part } = await begin({ stop_at_step });
  const file = part.save();
  expect(part.progress.step).toBe(stop_at_step);
  await part.delete();
  return resumedFileHash(file, engine, corpus);
}

/** The SHA-256 of the file of a run that goes on from this file to its end. */
export async function resumedFileHash(file: Uint8Array, engine: Engine, corpus: Corpus): Promise<string> {
  const rest = new Run(engine, prepareResume(engine, file, {}, corpus));
  await rest.start();
  return hashAndDelete(rest);
}

export async function expectExactResume(
  begin: Begin,
  engine: Engine,
  corpus: Corpus,
  stop_at_step?: number,
): Promise<void> {
  const whole = await wholeHash(begin);
  expect(await resumedHash(begin, engine, corpus, stop_at_step)).toBe(whole);
}

async function hashAndDelete(run: Run): Promise<string> {
  const hash = sha256(run.save());
  await run.delete();
  return hash;
}
