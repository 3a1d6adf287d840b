// Files that a command is going to write: checked and locked before any work is done, so that no run replaces
// what it reads, a stranger's file, or what another run is writing.

import fs from 'node:fs';
import { EXIT, Failure } from './exit.ts';
import { isOfKind, KINDS, type Kind } from './file-kinds.ts';
import { numberedNames, realPath, removeDeadDrafts, requireWritable } from './files.ts';
import { tryLock, type Release } from './lock.ts';

export interface Output {
  readonly flag: string;
  readonly file: string;
  readonly kind: Kind;
}

export interface Input {
  /** For messages: "the text", "the model". */
  readonly what: string;
  /** "-" is standard input. */
  readonly file: string;
  /** The flag whose output may replace this input: a run that goes on with a model saves it there. */
  readonly replacedBy?: string;
}

/** Throws a sentence unless every output can be written without a loss; then they are this process's own. */
export async function claimOutputs(
  outputs: readonly Output[],
  inputs: readonly Input[],
  force = false,
): Promise<void> {
  for (const output of outputs) {
    refuseFlagAsName(output);
    refuseInputs(output, inputs);
    requireWritable(output.file);
    if (!force) refuseOtherKind(output, inputs);
  }
  refuseEqual(outputs);
  for (const output of outputs) await lock(output);
}

/** The first of the numbered names that neither exists nor is being written; from now on it is this process's own. */
export async function claimFreeName(name: string): Promise<string> {
  const names = numberedNames(name);
  for (;;) {
    const candidate = names.next().value;
    if (fs.existsSync(candidate)) continue;
    requireWritable(candidate);
    const release = await tryLock(realPath(candidate));
    if (release === undefined) continue;
    if (!fs.existsSync(candidate)) {
      removeDeadDrafts(candidate);
      return candidate;
    }
    release(); // another run has just ended there
  }
}

function refuse(sentence: string): never {
  throw new Failure(sentence, EXIT.usage);
}

function refuseFlagAsName({ flag, file }: Output): void {
  if (file === '') refuse(`${flag} needs the name of a file.`);
  if (file.startsWith('-'))
    refuse(`${flag} needs the name of a file, not "${file}"; write ./${file} if that is its name.`);
}

function refuseInputs({ flag, file }: Output, inputs: readonly Input[]): void {
  for (const input of inputs)
    if (input.replacedBy !== flag && areSame(file, input.file)) {
      const name = input.file === '-' ? 'standard input' : input.file;
      refuse(`${flag} ${file} would replace ${input.what}, ${name}, which is read; name another file.`);
    }
}

function refuseOtherKind({ flag, file, kind }: Output, inputs: readonly Input[]): void {
  if (!fs.existsSync(file) || isOfKind(file, kind)) return;
  // What is wrong with a model to go on with is told when it is read.
  if (inputs.some((input) => input.replacedBy === flag && areSame(file, input.file))) return;
  refuse(
    `${file} exists and is not ${KINDS[kind].name}, so ${flag} does not replace it; name another file, or add --force.`,
  );
}

function refuseEqual(outputs: readonly Output[]): void {
  for (const [i, { flag, file }] of outputs.entries())
    for (const other of outputs.slice(i + 1))
      if (areSame(file, other.file))
        refuse(`${flag} and ${other.flag} both name ${file}; give each its own.`);
}

async function lock({ file, flag }: Output): Promise<Release> {
  const release = await tryLock(realPath(file));
  if (release === undefined)
    refuse(
      `Another run of mini-llm is writing ${file}; wait until it has ended, or give ${flag} another name.`,
    );
  removeDeadDrafts(file);
  return release;
}

/** Whether two names mean one file, through links, other spellings of the path and standard input as well. */
export function areSame(a: string, b: string): boolean {
  const [one, other] = [statOf(a), statOf(b)];
  if (one && other) return one.dev === other.dev && one.ino === other.ino;
  return a !== '-' && b !== '-' && realPath(a) === realPath(b);
}

/** bigint, since the file numbers of some systems do not fit into a double. */
function statOf(file: string): fs.BigIntStats | undefined {
  try {
    return file === '-' ? fs.fstatSync(0, { bigint: true }) : fs.statSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}
