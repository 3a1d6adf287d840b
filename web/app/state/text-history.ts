// The texts that others took the place of, so that no paste, Clear, example or file costs a person their text.

/** A text, and what is told about it. */
export interface HeldText {
  readonly bytes: Uint8Array;
  /** Of the file; empty for a typed text. */
  readonly name: string;
  /** Of the chosen example; empty for a text of one's own. */
  readonly example: string;
  /** Sentences about how it was read. */
  readonly notes: readonly string[];
  /** The file that it was read from, where another encoding may be chosen. */
  readonly file?: EncodedFile | undefined;
}

export interface EncodedFile {
  readonly bytes: Uint8Array;
  /** The encoding that it was read in. */
  readonly encoding: string;
  readonly preview: string;
}

export const EMPTY: HeldText = { bytes: new Uint8Array(), name: '', example: '', notes: [] };

/** Older texts than fit into this are forgotten, but never the latest. */
const MOST_BYTES = 256_000_000;

export class TextHistory {
  #earlier: HeldText[] = [];
  #later: HeldText[] = [];

  get canUndo(): boolean {
    return this.#earlier.length > 0;
  }

  get canRedo(): boolean {
    return this.#later.length > 0;
  }

  /** Called with the text that another takes the place of. */
  replaced(text: HeldText): void {
    this.#later = [];
    if (text.bytes.length > 0) this.#earlier.push(text);
    while (this.#earlier.length > 1 && total(this.#earlier) > MOST_BYTES) this.#earlier.shift();
  }

  undo(current: HeldText): HeldText | undefined {
    return move(this.#earlier, this.#later, current);
  }

  redo(current: HeldText): HeldText | undefined {
    return move(this.#later, this.#earlier, current);
  }
}

function move(from: HeldText[], to: HeldText[], current: HeldText): HeldText | undefined {
  const next = from.pop();
  if (next) to.push(current);
  return next;
}

function total(texts: readonly HeldText[]): number {
  return texts.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
