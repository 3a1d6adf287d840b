// The text to train on. What was typed is read from the text area; files and examples keep their exact bytes
// (a text area would turn Windows line endings into others) until somebody edits them.

import { decodeText } from '../../engine/encoding.ts';
import { HEAP_LIMIT_BYTES } from '../../engine/limits.ts';
import { sentence } from '../../engine/errors.ts';
import { formatBytes } from '../lib/format.ts';
import { EXAMPLES, type Example } from '../lib/examples.ts';

/** A text area holding more than this makes typing and scrolling slow. */
const EDITABLE_BYTES = 1_300_000;
/** Up to this size a text is in the text area at once; of a longer one only the beginning, until somebody turns to it.
 * Laying out a whole novel takes a second, and the worker's start would wait for it. */
const SHOWN_AT_ONCE_BYTES = 100_000;
const BEGINNING_BYTES = 20_000;

/** How long typing must rest before the text is counted again. */
const COUNT_AFTER_MS = 300;

export class TrainingText {
  /** What the text area is to show; assigned anew whenever a text is put in its place. */
  shown = $state.raw({ text: '' });
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

  #bytes: Uint8Array | undefined;
  #typed = '';
  #counting: ReturnType<typeof setTimeout> | undefined;
  #pending: Promise<void> = Promise.resolve();
  /** Grows with every change: a file that arrives after a later change is not wanted any more. */
  #change = 0;

  /** The text as it is to be trained on. Waits for an example that is still on its way. */
  async read(): Promise<{ text: string | Uint8Array; name: string }> {
    await this.#pending;
    // Who types and presses Train at once does not wait until the text has been counted.
    if (!this.#bytes) this.size = utf8Length(this.#typed);
    return {
      text: this.#bytes ?? this.#typed,
      name: this.#bytes && this.name ? `“${this.name}”` : 'The text',
    };
  }

  /** Its first characters. */
  async beginning(characters: number): Promise<string> {
    const { text } = await this.read();
    if (typeof text === 'string') return text.slice(0, characters);
    const bytes = text.subarray(0, 4 * characters); // more than a character has none
    return new TextDecoder().decode(bytes, { stream: true }).slice(0, characters);
  }

  /** Called for each change that a person makes in the text area. */
  edited(text: string): void {
    this.#change++;
    this.#bytes = undefined;
    this.#typed = text;
    this.partial = false;
    this.name = '';
    this.example = '';
    this.problem = '';
    clearTimeout(this.#counting);
    this.#counting = setTimeout(() => (this.size = utf8Length(text)), COUNT_AFTER_MS);
  }

  /** Puts a text in the place of the one there is; one too large for the text area is only previewed. */
  replace(text: string): void {
    if (text.length >= EDITABLE_BYTES) {
      this.#hold(new TextEncoder().encode(text), 'Pasted text');
      return;
    }
    this.clear();
    this.shown = { text };
    this.edited(text);
  }

  /** Called when somebody turns to the text area, before anything there can be changed. */
  showAll(): void {
    if (!this.partial || !this.#bytes) return;
    this.partial = false;
    this.shown = { text: new TextDecoder().decode(this.#bytes) };
  }

  clear(): void {
    this.#change++;
    this.#bytes = undefined;
    this.#typed = '';
    this.preview = false;
    this.partial = false;
    this.name = '';
    this.example = '';
    this.problem = '';
    this.size = 0;
    this.shown = { text: '' };
  }

  async openFile(file: File): Promise<void> {
    await this.#load(file.name, async () => {
      if (file.size > HEAP_LIMIT_BYTES)
        throw new Error(
          `“${file.name}” has ${formatBytes(file.size)}, and at most ${formatBytes(HEAP_LIMIT_BYTES)} fit into the memory; use a part of it.`,
        );
      const bytes = new Uint8Array(await file.arrayBuffer());
      return (await decodeText(bytes, undefined, `“${file.name}”`)).bytes;
    });
  }

  /** Fetches an example and puts it in the place of the text there is, unless that has changed meanwhile. */
  async openExample(name: string, notBefore?: Promise<unknown>): Promise<void> {
    const example = EXAMPLES.find((candidate) => candidate.name === name);
    if (!example) return this.clear();
    this.example = example.name;
    const fetchBytes = async () => {
      await notBefore;
      return download(example);
    };
    await this.#load(example.label, fetchBytes, example.name);
  }

  #load(name: string, fetchBytes: () => Promise<Uint8Array>, example = ''): Promise<void> {
    const change = ++this.#change;
    this.loading = true;
    this.problem = '';
    this.#pending = fetchBytes()
      .then((bytes) => {
        if (change === this.#change) this.#hold(bytes, name, example);
      })
      .catch((error: unknown) => {
        if (change === this.#change) this.problem = sentence(error);
      })
      .finally(() => (this.loading = false));
    return this.#pending;
  }

  #hold(bytes: Uint8Array, name: string, example = ''): void {
    this.#change++;
    clearTimeout(this.#counting);
    this.#bytes = bytes;
    this.#typed = '';
    this.name = name;
    this.example = example;
    this.problem = '';
    this.size = bytes.length;
    this.preview = bytes.length > EDITABLE_BYTES;
    this.partial = !this.preview && bytes.length > SHOWN_AT_ONCE_BYTES;
    const cut = this.preview || this.partial;
    const visible = cut ? bytes.subarray(0, BEGINNING_BYTES) : bytes;
    // In a stream, a character cut at the beginning's end waits for a rest that is never asked for.
    this.shown = { text: new TextDecoder().decode(visible, { stream: cut }) };
  }
}

async function download(example: Example): Promise<Uint8Array> {
  const response = await fetch(example.url);
  if (!response.ok)
    throw new Error(`The example “${example.label}” could not be fetched (${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
