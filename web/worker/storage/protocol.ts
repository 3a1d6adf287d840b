// The library of runs as a service: for the page, and for the worker that trains.

import type { Options } from '../../engine/options.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import type { StoreKind } from './store.ts';

/** The text of a run, as the page describes it. */
export interface TextInfo {
  /** '' for a typed text. */
  name: string;
  /** What a run on it is called, in the language of the page. */
  title?: string;
  /** The name of the sample text; '' for another one. */
  example: string;
  notes: readonly string[];
}

/** Where a run stands. */
export interface RunFigures {
  options: Options;
  step: number;
  weights_step: number;
  train_loss: number | null;
  val_loss: number | null;
  n_parameters: number;
  /** Whether all its steps are done, or it has stopped early. */
  over: boolean;
}

export interface RunInfo extends RunFigures {
  id: string;
  name: string;
  /** Kept by the user, so it never gives way to other runs. */
  kept: boolean;
  text: TextInfo & { sha256: string; bytes: number };
  /** Milliseconds since 1970. */
  saved: number;
  /** Of its model file; 0 before the first save. */
  bytes: number;
  /** The user does not want to be asked about it. */
  dismissed: boolean;
  /** Deleted, while that can be undone. */
  deleted: boolean;
}

/** A run as the page lists it. */
export interface ListedRun extends RunInfo {
  /** Another tab has it open. */
  elsewhere: boolean;
}

export interface NewRun {
  id: string;
  text: TextInfo;
  sha256: string;
  figures: RunFigures;
}

export interface RunSave {
  checkpoint: Uint8Array<ArrayBuffer>;
  /** The weights to generate with, if they are not those of the checkpoint. */
  weights?: Uint8Array<ArrayBuffer> | undefined;
  record: RunRecord;
  figures: RunFigures;
}

export interface StoredRun extends RunSave {
  info: RunInfo;
  text: Uint8Array<ArrayBuffer>;
  /** What the page saved with savePage. */
  page: unknown;
}

export interface StorageState {
  kind: StoreKind;
  /** Bytes in use by this site, and bytes left; undefined if the browser does not say. */
  used: number | undefined;
  left: number | undefined;
  /** Whether the browser deletes nothing by itself. */
  persisted: boolean;
}

/** Calls reject with a sentence. Runs are named by their ids. */
export interface Library {
  /** Serves another thread through this port. */
  connect(port: MessagePort): Promise<void>;
  state(): Promise<StorageState>;
  /** All runs, the newest first. */
  list(): Promise<ListedRun[]>;
  /** The run to go on with after a reload or a crash. */
  offered(): Promise<RunInfo | undefined>;
  /** Makes a run that this tab holds. */
  begin(run: NewRun, text: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Saves the run that this tab holds. Resolves when it is on the disk. */
  save(id: string, save: RunSave): Promise<RunInfo>;
  savePage(id: string, page: unknown): Promise<void>;
  /** Reads a run and holds it, so that no other tab can open it. */
  open(id: string): Promise<StoredRun>;
  /** Lets go of the run that this tab holds. */
  close(): Promise<void>;
  /** The curves and samples of a run; undefined before its first save. */
  record(id: string): Promise<RunRecord | undefined>;
  /** The model file of a run, for a download. */
  file(id: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Keeps a run under this name. */
  rename(id: string, name: string): Promise<void>;
  /** `name`: what the copy is called. */
  duplicate(id: string, copy: string, name?: string): Promise<void>;
  dismiss(id: string): Promise<void>;
  /** Deletes a run; until this tab ends, or deletes another one, `restore` undoes it. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}
