// Sends checkpoints of a run to the library while it trains. Writing happens in the storage worker; if it is slow, only the
// newest checkpoint waits.

import { transfer, type Remote } from 'comlink';
import type { Corpus } from '../engine/corpus.ts';
import { sentence } from '../engine/errors.ts';
import type { RunEvent } from '../engine/events.ts';
import { RunRecorder, type RunRecord } from '../engine/run-record.ts';
import type { Run } from '../engine/run.ts';
import type { Place, SaveReport } from './protocol.ts';
import type { Library, RunFigures, RunSave } from './storage/protocol.ts';

export class Autosave {
  readonly #library: Remote<Library>;
  readonly #run: Run;
  readonly #corpus: Corpus;
  readonly #place: Place;
  readonly #report: (report: SaveReport) => void;
  readonly #recorder: RunRecorder;
  readonly #n_parameters: number;
  #begun = false;
  #saving = false;
  #waiting: RunSave | undefined;

  /** `record` is that of the run so far, when it is resumed. */
  constructor(
    library: Remote<Library>,
    run: Run,
    corpus: Corpus,
    place: Place,
    record: RunRecord | undefined,
    report: (report: SaveReport) => void,
  ) {
    this.#library = library;
    this.#run = run;
    this.#corpus = corpus;
    this.#place = place;
    this.#report = report;
    this.#n_parameters = run.model.nParameters();
    this.#recorder = new RunRecorder(record);
    this.#recorder.began(run.progress.step, run.trainer.hasValidation());
    run.on((event) => this.#take(event));
    void this.#send();
  }

  /** Saves a checkpoint that was kept while the run goes on. */
  kept(checkpoint: Uint8Array<ArrayBuffer>): void {
    this.#save({ checkpoint });
  }

  #take(event: RunEvent): void {
    this.#recorder.take(event);
    const atRest = event.event === 'done' || event.event === 'paused' || event.event === 'weights';
    if (atRest || (event.event === 'failed' && !event.crashed)) this.#saveAtRest();
  }

  /** Saves a run that is paused or has ended. */
  #saveAtRest(): void {
    const run = this.#run;
    try {
      this.#save({
        checkpoint: run.saveToExtend(),
        weights: run.hasRestoredBest() ? run.save() : undefined,
      });
    } catch (error) {
      this.#report({ saved: false, message: sentence(error) });
    }
  }

  #save(files: Pick<RunSave, 'checkpoint' | 'weights'>): void {
    this.#waiting = { ...files, record: this.#recorder.record(), figures: this.#figures() };
    if (!this.#saving) void this.#send();
  }

  /** Makes the run's place if it has none yet, then sends the newest save as long as there is one. */
  async #send(): Promise<void> {
    this.#saving = true;
    do {
      const save = this.#waiting;
      this.#waiting = undefined;
      try {
        if (!this.#begun) await this.#begin();
        if (save) {
          const { step } = await this.#library.save(this.#place.id, save);
          this.#report({ saved: true, step });
        }
      } catch (error) {
        this.#report({ saved: false, message: sentence(error) });
      }
    } while (this.#waiting);
    this.#saving = false;
  }

  async #begin(): Promise<void> {
    const text = new Uint8Array(this.#corpus.bytes);
    const { sha256 } = this.#corpus;
    const run = { ...this.#place, sha256, figures: this.#figures() };
    await this.#library.begin(run, transfer(text, [text.buffer]));
    this.#begun = true;
  }

  #figures(): RunFigures {
    const { step, weights_step, train_loss, val_loss } = this.#run.progress;
    return {
      options: this.#run.options,
      step,
      weights_step,
      train_loss,
      val_loss,
      n_parameters: this.#n_parameters,
      over: this.#run.state === 'done',
    };
  }
}
