// The text to train on, as UTF-8. Only a part of a long one is in the text area; what is typed there is put into
// the whole when somebody asks for it, so that a key costs nothing.

import { sentence } from '../../engine/errors.ts';
import type { EncodingName } from '../../engine/encoding.ts';
import { EXAMPLES, type Example } from '../lib/examples.ts';
import type { PathFile } from '../lib/read-files.ts';
import { WHOLE_BYTES, concat, partAt, partCuts, resized } from '../lib/text-parts.ts';
import { EMPTY, TextHistory, type EncodedFile, type HeldText } from './text-history.ts';

/** A longer text is not edited on the page. */
const EDITABLE_BYTES = 1_300_000;
/** Up to this size a part is in the text area at once; of a longer one only the beginning, until somebody turns to it.
 * Laying it out takes a moment, and the worker's start would wait for it. */
const SHOWN_AT_ONCE_BYTES = 100_000;
const BEGINNING_BYTES = 20_000;

/** How long typing must rest before the text is counted again. */
const COUNT_AFTER_MS = 300;

/** What the text area is to show. */
export interface Shown {
  readonly text: string;
  /** Another number asks for a new text area, which has no edits that the browser could undo. */
  readonly area: number;
  /** Where the cursor is to be. */
  readonly cursor: number;
}

export class TrainingText {
  shown = $state.raw<Shown>({ text: '', area: 0, cursor: 0 });
  /** Too large to be edited: only its beginning is shown. */
  preview = $state(false);
  /** Could be edited, but only its beginning is in the text area yet: showAll() puts the rest there. */
  partial = $state(false);
  name = $state('');
  size = $state(0);
  loading = $state(false);
  problem = $state('');
  /** Of the chosen example; empty for a text of one's own. */
  example = $state('');
  notes = $state.raw<readonly string[]>([]);
  /** The file's encoding, where it might be another. */
  file = $state.raw<EncodedFile | undefined>(undefined);
  encodings = $state.raw<readonly EncodingName[]>([]);
  /** Which part of the text is in the text area, and how many there are. */
  part = $state(0);
  parts = $state(1);
  /** What happened to the text that was here before. */
  before = $state<'' | 'replaced' | 'restored'>('');
  canUndo = $state(false);
  canRedo = $state(false);

  #held: HeldText = EMPTY;
  /** The text as it came, before any edit. */
  #came: HeldText = EMPTY;
  #cuts: number[] = [0, 0];
  readonly #history = new TextHistory();
  /** Reads the text area; undefined while nothing has been edited there. */
  #read: (() => string) | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #pending: Promise<void> = Promise.resolve();
  /** Grows with every change: a file that arrives after a later change is not wanted any more. */
  #change = 0;

  /** The text as it is to be trained on. Waits for an example that is still on its way. */
  async read(): Promise<{ text: string | Uint8Array; name: string }> {
    await this.#pending;
    // Who types and presses Train at once does not wait until the text has been counted.
    const { bytes, name } = this.#settle();
    return name === '' ? { text: decoded(bytes), name: 'The text' } : { text: bytes, name: `“${name}”` };
  }

  /** Its first characters. */
  async beginning(characters: number): Promise<string> {
    await this.#pending;
    const bytes = this.#settle().bytes.subarray(0, 4 * characters); // more than a character has none
    return decoded(bytes, true).slice(0, characters);
  }

  /** All of it at once, for the clipboard. */
  whole(): string {
    return decoded(this.#settle().bytes);
  }

  /** Called for each change that a person makes in the text area; `read` gives what is in it then. */
  edited(read: () => string): void {
    this.#change++;
    this.#read = read;
    this.partial = false;
    this.#describe({ ...EMPTY, notes: this.notes });
    clearTimeout(this.#counting);
    this.#counting = setTimeout(() => this.#settle(), COUNT_AFTER_MS);
  }

  /** Puts a text in the place of what the text area holds, or of all the text. The cursor is after `cursor` characters. */
  replace(text: string, cursor = text.length, all = this.parts === 1): void {
    const unix = text.replace(/\r\n?/g, '\n');
    const middle = encoded(unix);
    const at = encoded(unix.slice(0, cursor - (text.length - unix.length))).length;
    const { bytes } = this.#settle();
    const from = all ? 0 : this.#cuts[this.part]!;
    const to = all ? bytes.length : this.#cuts[this.part + 1]!;
    const whole = concat(bytes.subarray(0, from), middle, bytes.subarray(to));
    this.#put(
      { ...EMPTY, bytes: whole, name: whole.length > EDITABLE_BYTES ? 'Pasted text' : '' },
      from + at,
    );
  }

  /** What is in the text area becomes the whole text, because all of it is selected and about to be typed over. */
  leaveOtherParts(): void {
    if (this.parts === 1) return;
    const { bytes } = this.#settle();
    this.#remember();
    this.#held = { ...EMPTY, bytes: bytes.subarray(this.#cuts[this.part], this.#cuts[this.part + 1]) };
    this.#came = EMPTY;
    this.#cuts = [0, this.#held.bytes.length];
    this.part = 0;
    this.parts = 1;
  }

  /** Called when somebody turns to the text area, before anything there can be changed. */
  showAll(): void {
    if (!this.partial) return;
    this.partial = false;
    this.shown = { ...this.shown, text: this.#partText() };
  }

  /** Shows another part of the text, from its beginning or at its end. */
  turnTo(part: number, at: 'start' | 'end' = 'start'): void {
    if (part < 0 || part >= this.parts) return;
    const { bytes } = this.#settle();
    const [from, to] = this.#span();
    const first = this.#cuts[part]!;
    if (to - from > 2 * WHOLE_BYTES) this.#cut(partCuts(bytes));
    this.part = partAt(this.#cuts, first);
    this.partial = false;
    const text = this.#partText();
    this.shown = { text, area: this.shown.area + 1, cursor: at === 'start' ? 0 : text.length };
  }

  /** A new text area with the same text: what the browser would undo in the old one is not to be undone. */
  renew(cursor: number): void {
    this.#came = this.#settle();
    this.shown = { text: this.#partText(), area: this.shown.area + 1, cursor };
  }

  clear(): void {
    this.#put(EMPTY);
  }

  /** Whether the text is what it was when it came. */
  get asItCame(): boolean {
    const { bytes } = this.#settle();
    const came = this.#came.bytes;
    return bytes === came || (bytes.length === came.length && bytes.every((byte, i) => byte === came[i]));
  }

  undo(): void {
    this.#restore(this.#history.undo(this.#settle()));
  }

  redo(): void {
    this.#restore(this.#history.redo(this.#settle()));
  }

  /** Reads files and puts their text in the place of the text there is, unless that has changed meanwhile. */
  async openFiles(files: readonly PathFile[]): Promise<void> {
    await this.#load(async () => {
      const { readFiles, CHOICES } = await import('../lib/read-files.ts');
      this.encodings = CHOICES;
      return readFiles(files);
    });
  }

  /** Reads the file once more, in another encoding. */
  async readAs(encoding: string): Promise<void> {
    const { file, name } = this.#held;
    if (!file) return;
    await this.#load(async () => {
      const { readAs } = await import('../lib/read-files.ts');
      return readAs(file.bytes, name, encoding);
    });
  }

  /** Fetches an example and puts it in the place of the text there is, unless that has changed meanwhile. */
  async openExample(name: string, notBefore?: Promise<unknown>): Promise<void> {
    const example = EXAMPLES.find((candidate) => candidate.name === name);
    if (!example) return this.clear();
    this.example = example.name;
    await this.#load(async () => {
      await notBefore;
      return { ...EMPTY, bytes: await download(example), name: example.label, example: example.name };
    });
  }

  #load(fetchText: () => Promise<HeldText>): Promise<void> {
    const change = ++this.#change;
    this.loading = true;
    this.problem = '';
    this.#pending = fetchText()
      .then((text) => {
        if (change === this.#change) this.#put(text);
      })
      .catch((error: unknown) => {
        if (change !== this.#change) return;
        this.example = this.#held.example;
        this.problem = sentence(error);
      })
      .finally(() => (this.loading = false));
    return this.#pending;
  }

  /** Puts a text in the place of the one there is, which Undo brings back. */
  #put(text: HeldText, cursorByte = 0): void {
    this.#settle();
    this.#remember();
    this.#show(text, cursorByte);
  }

  #remember(): void {
    this.#history.replaced(this.#held);
    this.#tellHistory('replaced');
  }

  #restore(text: HeldText | undefined): void {
    if (!text) return;
    this.#tellHistory('restored');
    this.#show(text);
  }

  #tellHistory(what: 'replaced' | 'restored'): void {
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    this.before = this.canUndo || this.canRedo ? what : '';
  }

  #show(text: HeldText, cursorByte = 0): void {
    this.#change++;
    clearTimeout(this.#counting);
    const { bytes } = text;
    this.#read = undefined;
    this.#held = text;
    this.#came = text;
    this.size = bytes.length;
    this.#describe(text);
    this.preview = bytes.length > EDITABLE_BYTES;
    this.#cut(this.preview ? [0, bytes.length] : partCuts(bytes));
    this.part = partAt(this.#cuts, cursorByte);
    const [from, to] = this.#span();
    this.partial = !this.preview && cursorByte === 0 && to > SHOWN_AT_ONCE_BYTES;
    const cut = this.preview || this.partial;
    this.shown = {
      text: decoded(bytes.subarray(from, cut ? BEGINNING_BYTES : to), cut),
      area: this.shown.area + 1,
      cursor: decoded(bytes.subarray(from, cursorByte)).length,
    };
  }

  #describe({ name, example, notes, file }: HeldText): void {
    this.name = name;
    this.example = example;
    this.notes = notes;
    this.file = file;
    this.problem = '';
  }

  /** The text with what has been typed. */
  #settle(): HeldText {
    if (!this.#read) return this.#held;
    clearTimeout(this.#counting);
    const typed = encoded(this.#read());
    this.#read = undefined;
    const { bytes } = this.#held;
    const [from, to] = this.#span();
    const { notes } = this;
    this.#held = { ...EMPTY, notes, bytes: concat(bytes.subarray(0, from), typed, bytes.subarray(to)) };
    this.#cut(resized(this.#cuts, this.part, typed.length));
    this.size = this.#held.bytes.length;
    return this.#held;
  }

  #cut(cuts: number[]): void {
    this.#cuts = cuts;
    this.parts = cuts.length - 1;
  }

  #span(): [from: number, to: number] {
    return [this.#cuts[this.part]!, this.#cuts[this.part + 1]!];
  }

  #partText(): string {
    return decoded(this.#held.bytes.subarray(...this.#span()));
  }
}

async function download(example: Example): Promise<Uint8Array> {
  const response = await fetch(example.url);
  if (!response.ok)
    throw new Error(`The example “${example.label}” could not be fetched (${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

/** With `cut`, a character that is cut at the end is left out. */
function decoded(bytes: Uint8Array, cut = false): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: cut });
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
