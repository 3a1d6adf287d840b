// Trains a plan to its end: one run, or several if a recipe changes options during the run.

import { sampleOptions } from '../engine/convert.ts';
import type { Engine } from '../engine/engine.ts';
import { isOver } from '../engine/events.ts';
import { memoryLimit } from '../engine/node.ts';
import type { Options } from '../engine/options.ts';
import { prepareResume, type Prepared } from '../engine/prepare.ts';
import type { RecipeChange } from '../engine/recipe.ts';
import { Run, type RunEnd } from '../engine/run.ts';
import { loadCore } from './core.ts';
import { laterChanges, stopBefore } from './recipe.ts';
import type { Plan } from './train-plan.ts';

export class Runner {
  readonly #plan: Plan;
  readonly #follow: (run: Run) => void;
  #run: Run | undefined;
  #stopped = false;

  /** follow: called with each run before it starts. */
  constructor(plan: Plan, follow: (run: Run) => void) {
    this.#plan = plan;
    this.#follow = follow;
  }

  /** Returns the last run, with the step that it started from. */
  async train(engine: Engine, prepared: Prepared): Promise<{ run: Run; firstStep: number; end: RunEnd }> {
    let run = this.#begin(engine, prepared);
    let firstStep = run.progress.step;
    let end = await run.start();
    const changes = laterChanges(this.#plan.recipe);
    for (const [i, change] of changes.entries()) {
      if (!this.#reached(end, change)) break;
      run = await this.#continued(run, change, changes[i + 1]);
      firstStep = run.progress.step;
      end = await run.start();
    }
    return { run, firstStep, end };
  }

  stop(): void {
    this.#stopped = true;
    this.#run?.stop();
  }

  async delete(): Promise<void> {
    await this.#run?.delete();
    this.#run = undefined;
  }

  #begin(engine: Engine, prepared: Prepared): Run {
    const run = new Run(engine, prepared, this.#samples(prepared.options));
    this.#run = run;
    this.#follow(run);
    if (this.#stopped) run.stop();
    return run;
  }

  #samples({ sample_every, seed }: Options): ConstructorParameters<typeof Run>[2] {
    if (sample_every === 0) return {};
    // Live samples follow the command line, because a saved model holds no sampling options.
    const { options, given } = this.#plan;
    const live = { ...sampleOptions({ ...options, ...given }), seed };
    return { sample: { options: live, prompt: options.prompt, every_steps: sample_every } };
  }

  /** Whether the run has come to where the recipe's was resumed, and is not to stop there. */
  #reached(end: RunEnd, { step, extended }: RecipeChange): boolean {
    const stop = this.#plan.asked.stop_at_step ?? 0;
    if (end.event !== 'done' || end.step !== step || (stop > 0 && stop <= step)) return false;
    return extended ? isOver(end.reason) : end.reason !== 'stopped';
  }

  /** The run with the options of a change. */
  async #continued(run: Run, change: RecipeChange, next: RecipeChange | undefined): Promise<Run> {
    const { asked, corpus } = this.#plan;
    const given = stopBefore(next, { ...change.options, ...asked });
    const { reproducible = run.engine.reproducible } = given;
    const engine =
      reproducible === run.engine.reproducible ? run.engine : await loadCore({ ...asked, reproducible });
    const prepared = prepareResume(engine, run.saveToExtend(), given, corpus, {
      memoryLimit: memoryLimit(),
    });
    await run.delete();
    if (engine !== run.engine) run.engine.close();
    return this.#begin(engine, prepared);
  }
}
