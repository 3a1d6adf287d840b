// The training text, in UTF-8. The text area shows one part of a long text. Edits are merged into the whole only when
// it is needed, so that typing stays fast.

import { sentence } from '../../engine/errors.ts';
import type { EncodingName } from '../../engine/encoding.ts';
import { EXAMPLES, type Example } from '../lib/examples.ts';
import type { PathFile } from '../../worker/protocol.ts';
import { WHOLE_BYTES, concat, partAt, partCuts, resized } from '../lib/text-parts.ts';
import type { TextInfo } from '../../worker/storage/protocol.ts';
import { EMPTY, TextHistory, type EncodedFile, type LoadedText } from './text-history.ts';
import { words } from '../words/words.ts';

/** A longer text is read-only. */
const EDITABLE_BYTES = 1_300_000;
/** A longer part shows only its beginning until the user focuses it: its layout would delay the start of the worker. */
const SHOWN_AT_ONCE_BYTES = 100_000;
const BEGINNING_BYTES = 20_000;

/** The text is counted after this pause in typing. */
const COUNT_AFTER_MS = 300;

/** What the text area shows. */
export interface Shown {
  readonly text: string;
  /** A new number creates a new text area, in which the browser has nothing to undo. */
  readonly area: number;
  /** Position of the cursor. */
  readonly cursor: number;
}

export class TrainingText {
  shown = $state.raw<Shown>({ text: '', area: 0, cursor: 0 });
  /** Too large to edit: only its beginning is shown. */
  preview = $state(false);
  /** Editable, but only its beginning is in the text area so far; showAll() adds the rest. */
  partial = $state(false);
  name = $state('');
  size = $state(0);
  loading = $state(false);
  problem = $state('');
  /** The name of the example; '' for another text. */
  example = $state('');
  notes = $state.raw<readonly string[]>([]);
  /** The file, if its encoding is uncertain. */
  file = $state.raw<EncodedFile | undefined>(undefined);
  encodings = $state.raw<readonly EncodingName[]>([]);
  /** Whether its file was converted from another kind of text. */
  converted = $state(false);
  /** The part in the text area, and the number of parts. */
  part = $state(0);
  parts = $state(1);
  /** What happened to the previous text. */
  before = $state<'' | 'replaced' | 'restored'>('');
  canUndo = $state(false);
  canRedo = $state(false);

  #current: LoadedText = EMPTY;
  /** The text before any edit. */
  #original: LoadedText = EMPTY;
  #cuts: number[] = [0, 0];
  readonly #history = new TextHistory();
  /** Reads the text area; undefined if it has no edits. */
  #read: (() => string) | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #pending: Promise<void> = Promise.resolve();
  /** Counts changes: a file that arrives after a later change is ignored. */
  #change = 0;

  /** The text to train on. Waits for an example that is loading. */
  async read(): Promise<{ text: string | Uint8Array; name: string }> {
    await this.#pending;
    const { bytes, name } = this.#merge();
    return name === '' ? { text: decoded(bytes), name: 'The text' } : { text: bytes, name: `“${name}”` };
  }

  /** Its first characters. */
  async beginning(characters: number): Promise<string> {
    await this.#pending;
    const bytes = this.#merge().bytes.subarray(0, 4 * characters); // a character has at most 4 bytes
    return decoded(bytes, true).slice(0, characters);
  }

  /** The whole text, for the clipboard. */
  whole(): string {
    return decoded(this.#merge().bytes);
  }

  /** Call this for each edit in the text area; `read` returns its content later. */
  edited(read: () => string): void {
    this.#change++;
    this.#read = read;
    this.partial = false;
    this.#describe({ ...EMPTY, notes: this.notes });
    clearTimeout(this.#counting);
    this.#counting = setTimeout(() => this.#merge(), COUNT_AFTER_MS);
  }

  /** Replaces the part in the text area, or the whole text, and puts the cursor after `cursor` characters. */
  replace(text: string, cursor = text.length, all = this.parts === 1): void {
    const unix = text.replace(/\r\n?/g, '\n');
    const middle = encoded(unix);
    const at = encoded(unix.slice(0, cursor - (text.length - unix.length))).length;
    const { bytes } = this.#merge();
    const from = all ? 0 : this.#cuts[this.part]!;
    const to = all ? bytes.length : this.#cuts[this.part + 1]!;
    const whole = concat(bytes.subarray(0, from), middle, bytes.subarray(to));
    this.#replace(
      { ...EMPTY, bytes: whole, name: whole.length > EDITABLE_BYTES ? words.text.pasted : '' },
      from + at,
    );
  }

  /** Drops the other parts: the user selected everything and is about to type over it. */
  dropOtherParts(): void {
    if (this.parts === 1) return;
    const { bytes } = this.#merge();
    this.#recordHistory();
    this.#current = { ...EMPTY, bytes: bytes.subarray(this.#cuts[this.part], this.#cuts[this.part + 1]) };
    this.#original = EMPTY;
    this.#cuts = [0, this.#current.bytes.length];
    this.part = 0;
    this.parts = 1;
  }

  /** Call this before the user scrolls or edits. */
  showAll(): void {
    if (!this.partial) return;
    this.partial = false;
    this.shown = { ...this.shown, text: this.#partText() };
  }

  /** Shows another part, with the cursor at its start or end. */
  showPart(part: number, at: 'start' | 'end' = 'start'): void {
    if (part < 0 || part >= this.parts) return;
    const { bytes } = this.#merge();
    const [from, to] = this.#span();
    const first = this.#cuts[part]!;
    if (to - from > 2 * WHOLE_BYTES) this.#cut(partCuts(bytes));
    this.part = partAt(this.#cuts, first);
    this.partial = false;
    const text = this.#partText();
    this.shown = { text, area: this.shown.area + 1, cursor: at === 'start' ? 0 : text.length };
  }

  /** Creates a new text area with the same text, in which the browser has nothing to undo. */
  renew(cursor: number): void {
    this.#original = this.#merge();
    this.shown = { text: this.#partText(), area: this.shown.area + 1, cursor };
  }

  /** Shows the text of a stored run; Undo brings the present one back. */
  restore(text: LoadedText): void {
    this.#replace(text);
  }

  /** What a run remembers of it, beside the text itself. */
  get info(): TextInfo {
    return {
      name: this.name,
      title: this.name || words.text.typed,
      example: this.example,
      notes: this.notes,
    };
  }

  clear(): void {
    this.#replace(EMPTY);
  }

  /** Whether the text has no edits. */
  get isOriginal(): boolean {
    const { bytes } = this.#merge();
    const original = this.#original.bytes;
    return (
      bytes === original ||
      (bytes.length === original.length && bytes.every((byte, i) => byte === original[i]))
    );
  }

  undo(): void {
    this.#restore(this.#history.undo(this.#merge()));
  }

  redo(): void {
    this.#restore(this.#history.redo(this.#merge()));
  }

  /** Reads files and replaces the text, unless it changes meanwhile. */
  async openFiles(files: readonly PathFile[]): Promise<void> {
    await this.#load(async () => {
      const { readFiles, CHOICES } = await import('../lib/read-files.ts');
      this.encodings = CHOICES;
      return readFiles(files);
    });
  }

  /** Decodes the file again, in another encoding. */
  async readAs(encoding: string): Promise<void> {
    const { file, name } = this.#current;
    if (!file) return;
    await this.#load(async () => {
      const { readAs } = await import('../lib/read-files.ts');
      return readAs(file.bytes, name, encoding);
    });
  }

  /** Uses the text of the file as it is, with tags, time stamps and all fields; Undo brings the plain text back. */
  useAsIs(): void {
    const { unconverted, name } = this.#current;
    if (unconverted) this.#replace({ ...EMPTY, bytes: unconverted, name });
  }

  /** Fetches an example and replaces the text, unless it changes meanwhile. */
  async openExample(name: string, notBefore?: Promise<unknown>): Promise<void> {
    const example = EXAMPLES.find((candidate) => candidate.name === name);
    if (!example) return this.clear();
    this.example = example.name;
    await this.#load(async () => {
      await notBefore;
      return {
        ...EMPTY,
        bytes: await download(example),
        name: words.examples[example.name],
        example: example.name,
      };
    });
  }

  #load(fetchText: () => Promise<LoadedText>): Promise<void> {
    const change = ++this.#change;
    this.loading = true;
    this.problem = '';
    this.#pending = fetchText()
      .then((text) => {
        if (change === this.#change) this.#replace(text);
      })
      .catch((error: unknown) => {
        if (change !== this.#change) return;
        this.example = this.#current.example;
        this.problem = sentence(error);
      })
      .finally(() => (this.loading = false));
    return this.#pending;
  }

  /** Replaces the text; Undo restores it. */
  #replace(text: LoadedText, cursorByte = 0): void {
    this.#merge();
    this.#recordHistory();
    this.#show(text, cursorByte);
  }

  #recordHistory(): void {
    this.#history.replaced(this.#current);
    this.#showHistory('replaced');
  }

  #restore(text: LoadedText | undefined): void {
    if (!text) return;
    this.#showHistory('restored');
    this.#show(text);
  }

  #showHistory(what: 'replaced' | 'restored'): void {
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    this.before = this.canUndo || this.canRedo ? what : '';
  }

  #show(text: LoadedText, cursorByte = 0): void {
    this.#change++;
    clearTimeout(this.#counting);
    const { bytes } = text;
    this.#read = undefined;
    this.#current = text;
    this.#original = text;
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

  #describe({ name, example, notes, file, unconverted }: LoadedText): void {
    this.name = name;
    this.example = example;
    this.notes = notes;
    this.file = file;
    this.converted = unconverted !== undefined;
    this.problem = '';
  }

  /** Merges the edits of the text area into the text and returns it. */
  #merge(): LoadedText {
    if (!this.#read) return this.#current;
    clearTimeout(this.#counting);
    const typed = encoded(this.#read());
    this.#read = undefined;
    const { bytes } = this.#current;
    const [from, to] = this.#span();
    const { notes } = this;
    this.#current = { ...EMPTY, notes, bytes: concat(bytes.subarray(0, from), typed, bytes.subarray(to)) };
    this.#cut(resized(this.#cuts, this.part, typed.length));
    this.size = this.#current.bytes.length;
    return this.#current;
  }

  #cut(cuts: number[]): void {
    this.#cuts = cuts;
    this.parts = cuts.length - 1;
  }

  #span(): [from: number, to: number] {
    return [this.#cuts[this.part]!, this.#cuts[this.part + 1]!];
  }

  #partText(): string {
    return decoded(this.#current.bytes.subarray(...this.#span()));
  }
}

async function download(example: Example): Promise<Uint8Array> {
  const response = await fetch(example.url);
  if (!response.ok) throw new Error(words.text.exampleFailed(words.examples[example.name], response.status));
  return new Uint8Array(await response.arrayBuffer());
}

/** With `cut`, drops an incomplete character at the end. */
function decoded(bytes: Uint8Array, cut = false): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: cut });
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
