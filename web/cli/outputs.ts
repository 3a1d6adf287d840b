// Checks and locks output files before any work begins: a run never replaces its own inputs, a file of another kind,
// or a file that another run is writing.

import fs from 'node:fs';
import path from 'node:path';
import { refuse } from './exit.ts';
import { isOfKind, KINDS, type Kind } from './file-kinds.ts';
import { otherFiles, requireWritableFolder, type FolderContents } from './folders.ts';
import { numberedNames, realPath, removeStaleTemporaries, requireWritable } from './files.ts';
import { tryLock, type Release } from './lock.ts';

interface FileOutput {
  readonly flag: string;
  readonly file: string;
  readonly kind: Kind;
}

interface FolderOutput extends Omit<FileOutput, 'kind'> {
  readonly kind: FolderContents;
}

export type Output = FileOutput | FolderOutput;

export interface Input {
  /** Its name in messages: "the text", "the model". */
  readonly what: string;
  /** "-" is standard input. */
  readonly file: string;
  /** The flag whose output may replace this input: --resume saves to the model that it continues. */
  readonly replacedBy?: string;
}

/** Locks every output for this process; throws if writing one of them would lose other data. */
export async function claimOutputs(
  outputs: readonly Output[],
  inputs: readonly Input[],
  force = false,
): Promise<void> {
  for (const output of outputs) {
    refuseFlagAsName(output);
    refuseInputs(output, inputs);
    if (isFile(output)) requireWritable(output.file);
    else requireWritableFolder(output.file);
    if (!force && isFile(output)) refuseOtherKind(output, inputs);
    if (!force && !isFile(output)) refuseOtherFiles(output);
  }
  refuseEqual(outputs);
  for (const output of outputs) await lock(output);
}

function isFile(output: Output): output is FileOutput {
  return typeof output.kind === 'string';
}

/** Locks and returns the first numbered name that neither exists nor is being written. */
export async function claimFreeName(name: string): Promise<string> {
  const names = numberedNames(name);
  for (;;) {
    const candidate = names.next().value;
    if (fs.existsSync(candidate)) continue;
    requireWritable(candidate);
    const release = await tryLock(realPath(candidate));
    if (release === undefined) continue;
    if (!fs.existsSync(candidate)) {
      removeStaleTemporaries(candidate);
      return candidate;
    }
    release(); // another run has just saved there
  }
}

function refuseFlagAsName({ flag, file }: Output): void {
  if (file === '') refuse(`${flag} needs the name of a file.`);
  if (file.startsWith('-'))
    refuse(`${flag} needs the name of a file, not "${file}"; write ./${file} if that is the name.`);
}

function refuseInputs({ flag, file }: Output, inputs: readonly Input[]): void {
  for (const input of inputs)
    if (input.replacedBy !== flag && (areSame(file, input.file) || isWithin(input.file, file))) {
      const name = input.file === '-' ? 'standard input' : input.file;
      refuse(
        `${flag} ${file} would replace ${input.what}, ${name}, which this command reads; name another file.`,
      );
    }
}

function isWithin(file: string, folder: string): boolean {
  return file !== '-' && realPath(file).startsWith(realPath(folder) + path.sep);
}

function refuseOtherFiles({ flag, file, kind }: FolderOutput): void {
  const others = otherFiles(file, kind);
  if (others.length === 0) return;
  const some = others.length > 3 ? [...others.slice(0, 3), '…'] : others;
  refuse(
    `${file} also holds ${some.join(', ')}, so ${flag} does not replace it; name another folder, or add --force to write into it and keep them.`,
  );
}

function refuseOtherKind({ flag, file, kind }: FileOutput, inputs: readonly Input[]): void {
  if (!fs.existsSync(file) || isOfKind(file, kind)) return;
  // An invalid model to resume is reported when it is read.
  if (inputs.some((input) => input.replacedBy === flag && areSame(file, input.file))) return;
  refuse(
    `${file} exists and is not ${KINDS[kind].name}, so ${flag} does not replace it; name another file or add --force.`,
  );
}

function refuseEqual(outputs: readonly Output[]): void {
  for (const [i, { flag, file }] of outputs.entries())
    for (const other of outputs.slice(i + 1))
      if (areSame(file, other.file)) refuse(`${flag} and ${other.flag} both name ${file}; use two files.`);
}

async function lock({ file, flag }: Output): Promise<Release> {
  const release = await tryLock(realPath(file));
  if (release === undefined)
    refuse(`Another run of mini-llm is writing ${file}; wait until it ends, or give ${flag} another name.`);
  removeStaleTemporaries(file);
  return release;
}

/** Whether two names mean the same file, also through links, different spellings of the path, and standard input. */
export function areSame(a: string, b: string): boolean {
  const [one, other] = [statOf(a), statOf(b)];
  if (one && other) return one.dev === other.dev && one.ino === other.ino;
  return a !== '-' && b !== '-' && realPath(a) === realPath(b);
}

/** In bigint, because the file numbers of some systems exceed a double's precision. */
function statOf(file: string): fs.BigIntStats | undefined {
  try {
    return file === '-' ? fs.fstatSync(0, { bigint: true }) : fs.statSync(file, { bigint: true });
  } catch {
    return undefined;
  }
}
