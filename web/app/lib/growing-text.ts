// Draws a text that may grow to a million characters. It appends to blocks of a few thousand characters: a new piece
// costs the layout of one block, and blocks out of view cost nothing.

/** A block ends at the first line end after this many characters … */
const BLOCK = 2000;
/** … or, in a very long line, at the last space before this many. */
const MAX_BLOCK = 8000;

export class GrowingText {
  readonly #prompt: string;
  /** What was added so far. */
  text = '';
  #pending = '';
  #container: HTMLElement | undefined;
  #block: HTMLElement | undefined;
  #end: Text | undefined;
  #length = 0;

  constructor(prompt: string) {
    this.#prompt = prompt;
  }

  add(text: string): void {
    this.text += text;
    this.#pending += text;
  }

  /** With the prompt before it. */
  get whole(): string {
    return this.#prompt + this.text;
  }

  /** A Svelte attachment for the element that shows the text. */
  readonly attach = (container: HTMLElement): void => {
    this.#container = container;
    const prompt = document.createElement('span');
    prompt.className = 'prompt';
    prompt.textContent = this.#prompt;
    this.#begin(container, prompt);
    this.draw();
  };

  /** Draws the text added since the last call. */
  draw(): void {
    if (!this.#container) return;
    while (this.#pending !== '') {
      const end = blockEnd(this.#length, this.#pending);
      this.#append(this.#pending.slice(0, end ?? this.#pending.length));
      this.#pending = end === undefined ? '' : this.#pending.slice(end);
      if (end !== undefined) this.#close(this.#container);
    }
  }

  #append(text: string): void {
    this.#end?.appendData(text);
    this.#length += text.length;
  }

  #close(container: HTMLElement): void {
    this.#block?.classList.add('full');
    this.#begin(container);
  }

  #begin(container: HTMLElement, ...first: Node[]): void {
    this.#end = document.createTextNode('');
    this.#block = document.createElement('div');
    this.#block.className = 'block';
    this.#block.append(...first, this.#end);
    this.#length = 0;
    container.append(this.#block);
  }
}

/** Where a block of `length` characters ends within `text`, its continuation; undefined if it does not end there. */
export function blockEnd(length: number, text: string): number | undefined {
  const line = text.indexOf('\n', Math.max(0, BLOCK - length));
  if (line >= 0 && length + line < MAX_BLOCK) return line + 1;
  if (length + text.length < MAX_BLOCK) return undefined;
  const last = Math.max(0, MAX_BLOCK - length - 1);
  const space = text.lastIndexOf(' ', last);
  return space >= 0 ? space + 1 : wholeCharacters(text, last + 1);
}

/** Moves `end` past a surrogate pair that it would split. */
function wholeCharacters(text: string, end: number): number {
  const half = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '');
  return half ? end + 1 : end;
}

/** The selected part of one generated text, without line ends that the blocks would add; '' for several texts. */
export function selectedText(selection: Selection | null): string {
  if (!selection || selection.rangeCount !== 1) return '';
  const part = selection.getRangeAt(0).cloneContents();
  if (part.querySelector('h4')) return '';
  // A selection of the whole element includes white space around the text.
  return (part.querySelector('.text') ?? part).textContent ?? '';
}
