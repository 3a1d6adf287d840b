// The model file of a run and, with --keep, the newest of its older saves beside it, named by their step.

import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './exit.ts';
import { isOfKind } from './file-kinds.ts';
import { linkOrCopy, realPath, reason, writeOrRescue, writeSafely } from './files.ts';

export class ModelSaves {
  readonly #out: string;
  readonly #keep: number;
  readonly #say: (message: string) => void;
  /** The step that the model file holds, if this run wrote it. */
  #step: number | undefined;
  /** The steps of the older saves, in their order. */
  #older: number[] = [];
  #reported = '';

  /** keep: the number of older saves to keep. */
  constructor(out: string, keep: number, say: (message: string) => void) {
    this.#out = out;
    this.#keep = keep;
    this.#say = say;
  }

  /** The file holds this step of the run already, which is about to be resumed; its older saves are beside it. */
  resumeFrom(step: number): void {
    this.#step = step;
    this.#older = olderSteps(this.#out).filter((older) => older < step);
  }

  save(bytes: Uint8Array, step: number): void {
    writeSafely(this.#out, bytes, () => this.#keepOlder(step));
    this.#saved(step);
  }

  /** Like save, but on failure saves elsewhere and throws an error that says where. */
  saveOrRescue(bytes: Uint8Array, step: number): void {
    writeOrRescue(this.#out, bytes, () => this.#keepOlder(step));
    this.#saved(step);
  }

  /** Gives the save that is about to be replaced a name of its own. If that fails, the new save is still made. */
  #keepOlder(step: number): void {
    const before = this.#step;
    if (this.#keep === 0 || before === undefined || before === step) return;
    const older = olderName(this.#out, before);
    try {
      if (fs.existsSync(older) && !isOfKind(older, 'model'))
        throw new Failure(`${older} exists and is not a model saved by mini-llm`);
      linkOrCopy(realPath(this.#out), older);
      this.#older.push(before);
    } catch (error) {
      this.#report(`The save of step ${before} is not kept: ${reason(error)}.`);
    }
  }

  #saved(step: number): void {
    this.#step = step;
    while (this.#older.length > this.#keep)
      fs.rmSync(olderName(this.#out, this.#older.shift()!), { force: true });
  }

  #report(message: string): void {
    if (message !== this.#reported) this.#say(message);
    this.#reported = message;
  }
}

/** model.safetensors at step 400: model.step-400.safetensors. */
function olderName(out: string, step: number): string {
  const { dir, name, ext } = path.parse(realPath(out));
  return path.join(dir, `${name}.step-${step}${ext}`);
}

/** The steps of the older saves beside a model file, in their order. */
function olderSteps(out: string): number[] {
  const { dir, name, ext } = path.parse(realPath(out));
  return fs
    .readdirSync(dir)
    .filter((file) => file.startsWith(`${name}.step-`) && file.endsWith(ext))
    .map((file) => file.slice(`${name}.step-`.length, file.length - ext.length))
    .filter((step) => /^\d+$/.test(step))
    .map(Number)
    .sort((a, b) => a - b);
}
