// Undo history of replaced texts: a paste, Clear, an example or a file never loses the user's text.

/** A text and its description. */
export interface LoadedText {
  readonly bytes: Uint8Array;
  /** The name of its file; '' for a typed text. */
  readonly name: string;
  /** The name of the example; '' for another text. */
  readonly example: string;
  /** Notes on how it was decoded. */
  readonly notes: readonly string[];
  /** Its file, if the encoding is uncertain and may be changed. */
  readonly file?: EncodedFile | undefined;
  /** The text of its file, if it was converted to plain text. */
  readonly unconverted?: Uint8Array | undefined;
}

export interface EncodedFile {
  readonly bytes: Uint8Array;
  /** The encoding in use. */
  readonly encoding: string;
  readonly preview: string;
}

export const EMPTY: LoadedText = { bytes: new Uint8Array(), name: '', example: '', notes: [] };

/** The history drops its oldest texts above this size, but never the latest one. */
const MAX_BYTES = 256_000_000;

export class TextHistory {
  #earlier: LoadedText[] = [];
  #later: LoadedText[] = [];

  get canUndo(): boolean {
    return this.#earlier.length > 0;
  }

  get canRedo(): boolean {
    return this.#later.length > 0;
  }

  /** Records a text that is being replaced. */
  replaced(text: LoadedText): void {
    this.#later = [];
    if (text.bytes.length > 0) this.#earlier.push(text);
    while (this.#earlier.length > 1 && total(this.#earlier) > MAX_BYTES) this.#earlier.shift();
  }

  undo(current: LoadedText): LoadedText | undefined {
    return move(this.#earlier, this.#later, current);
  }

  redo(current: LoadedText): LoadedText | undefined {
    return move(this.#later, this.#earlier, current);
  }
}

function move(from: LoadedText[], to: LoadedText[], current: LoadedText): LoadedText | undefined {
  const next = from.pop();
  if (next) to.push(current);
  return next;
}

function total(texts: readonly LoadedText[]): number {
  return texts.reduce((sum, { bytes, unconverted }) => sum + bytes.length + (unconverted?.length ?? 0), 0);
}
