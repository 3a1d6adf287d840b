// Sends checkpoints of a run to the library while it trains. Writing happens in the storage worker; if it is slow, only the
// newest checkpoint waits.

import { transfer, type Remote } from 'comlink';
import type { Corpus } from '../engine/corpus.ts';
import { sentence } from '../engine/errors.ts';
import { isOver, type RunEvent } from '../engine/events.ts';
import { RunRecorder, type RunRecord } from '../engine/run-record.ts';
import type { Run } from '../engine/run.ts';
import type { SaveReport } from './protocol.ts';
import type { Library, RunFigures, RunInfo, RunSave, TextInfo } from './storage/protocol.ts';

/** The run's place in the library. */
export interface Place {
  id: string;
  text: TextInfo;
}

export class Autosave {
  readonly #library: Remote<Library>;
  readonly #run: Run;
  readonly #corpus: Corpus;
  readonly #place: Place;
  readonly #report: (report: SaveReport) => void;
  readonly #recorder: RunRecorder;
  readonly #n_parameters: number;
  #over = false;
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
    if (event.event === 'done') this.#over = isOver(event.reason);
    const rests = event.event === 'done' || event.event === 'paused' || event.event === 'weights';
    if (rests || (event.event === 'failed' && !event.crashed)) this.#saveAtRest();
  }

  /** Saves a run that does not go on by itself. */
  #saveAtRest(): void {
    const run = this.#run;
    try {
      const restored = run.hasLastWeights() && run.progress.weights_step !== run.trainer.step();
      this.#save({ checkpoint: run.saveToExtend(), weights: restored ? run.save() : undefined });
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
        if (save) this.#reportSaved(await this.#library.save(this.#place.id, save));
      } catch (error) {
        this.#report({ saved: false, message: sentence(error) });
      }
    } while (this.#waiting);
    this.#saving = false;
  }

  #reportSaved({ step, saved }: RunInfo): void {
    this.#report({ saved: true, step, at: saved });
  }

  async #begin(): Promise<void> {
    const text = new Uint8Array(this.#corpus.bytes);
    const { sha256 } = this.#corpus;
    const run = { ...this.#place, sha256, figures: this.#figures() };
    await this.#library.begin(run, transfer(text, [text.buffer]));
    this.#begun = true;
  }

  #figures(): RunFigures {
    const { step, weights_step, train_loss, val_loss, val_bits_per_byte } = this.#run.progress;
    return {
      options: this.#run.options,
      step,
      weights_step,
      train_loss,
      val_loss,
      val_bits_per_byte,
      n_parameters: this.#n_parameters,
      over: this.#over,
    };
  }
}
