// Saves a run: now and then while it trains, and at its end.

import { readInterval } from '../engine/interval.ts';
import type { Prepared } from '../engine/prepare.ts';
import type { Run, RunEnd } from '../engine/run.ts';
import { Autosave } from './autosave.ts';
import { Failure } from './exit.ts';
import { ModelSaves } from './model-saves.ts';
import { areSame } from './outputs.ts';
import type { Plan } from './train-plan.ts';

export class Saving {
  readonly #saves: ModelSaves;
  readonly #autosave: Autosave;
  readonly #say: (message: string) => void;
  #run: Run | undefined;
  #reported = '';

  constructor(
    { out, flags }: Pick<Plan, 'out' | 'flags'>,
    { options, trainer }: Prepared,
    say: (message: string) => void,
  ) {
    this.#say = say;
    this.#saves = new ModelSaves(out, options.keep, say);
    this.#autosave = new Autosave(readInterval(options.save_every)!, () => this.#saveDuring());
    if (flags.resume === undefined || !areSame(out, flags.resume)) return;
    // The file holds the resumed weights already.
    this.#autosave.step = trainer.weightsStep();
    this.#saves.resumeFrom(trainer.weightsStep());
  }

  get autosavedStep(): number | undefined {
    return this.#autosave.step;
  }

  /** Saves this run from now on. */
  follow(run: Run): void {
    this.#run = run;
    run.on((event) => this.#autosave.take(event));
  }

  /** Saves the model unless the file already holds the same weights, and returns the size of what it wrote. */
  atEnd(run: Run, end: RunEnd): number | undefined {
    if (end.step === 0 && end.event === 'done') return undefined;
    // After a failure only weights can be saved, but an automatic save of the same weights can be resumed.
    const autosaved = this.#autosave.step === end.weights_step;
    if (end.event === 'failed' && (end.crashed || autosaved)) return undefined;
    const bytes = run.save();
    this.#saves.saveOrRescue(bytes, end.step);
    return bytes.length;
  }

  #saveDuring(): boolean {
    const run = this.#run!;
    // Never replace a good file by weights that cannot generate; the run fails at its next step.
    if (run.trainer.verify() !== '') return false;
    try {
      this.#saves.save(run.save(), run.progress.step);
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.message !== this.#reported) this.#say(`${error.message} Training continues.`);
      this.#reported = error.message;
      return false;
    }
  }
}
