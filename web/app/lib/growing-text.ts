// A text that may grow to a million characters. It is drawn by adding to its end, in blocks of a few thousand
// characters, so that a piece costs the layout of one block and blocks out of view cost none.

/** A block ends with the first line that ends after so many characters … */
const BLOCK = 2000;
/** … or, in a text of one long line, at the last space before so many. */
const LONGEST_BLOCK = 8000;

export class GrowingText {
  readonly #prompt: string;
  #pending = '';
  #place: HTMLElement | undefined;
  #block: HTMLElement | undefined;
  #end: Text | undefined;
  #length = 0;

  constructor(prompt: string) {
    this.#prompt = prompt;
  }

  add(text: string): void {
    this.#pending += text;
  }

  /** For a Svelte attachment: the element that the text is drawn in. */
  readonly attach = (place: HTMLElement): void => {
    this.#place = place;
    const given = document.createElement('span');
    given.className = 'given';
    given.textContent = this.#prompt;
    this.#begin(place, given);
    this.draw();
  };

  /** Draws what was added since the last time. */
  draw(): void {
    if (!this.#place) return;
    while (this.#pending !== '') {
      const end = blockEnd(this.#length, this.#pending);
      this.#append(this.#pending.slice(0, end ?? this.#pending.length));
      this.#pending = end === undefined ? '' : this.#pending.slice(end);
      if (end !== undefined) this.#close(this.#place);
    }
  }

  #append(text: string): void {
    this.#end?.appendData(text);
    this.#length += text.length;
  }

  #close(place: HTMLElement): void {
    this.#block?.classList.add('full');
    this.#begin(place);
  }

  #begin(place: HTMLElement, ...first: Node[]): void {
    this.#end = document.createTextNode('');
    this.#block = document.createElement('div');
    this.#block.className = 'block';
    this.#block.append(...first, this.#end);
    this.#length = 0;
    place.append(this.#block);
  }
}

/** Where in `text` a block of `length` characters ends that `text` continues; undefined if it stays open. */
export function blockEnd(length: number, text: string): number | undefined {
  const line = text.indexOf('\n', Math.max(0, BLOCK - length));
  if (line >= 0 && length + line < LONGEST_BLOCK) return line + 1;
  if (length + text.length < LONGEST_BLOCK) return undefined;
  const last = Math.max(0, LONGEST_BLOCK - length - 1);
  const space = text.lastIndexOf(' ', last);
  return space >= 0 ? space + 1 : wholeCharacters(text, last + 1);
}

/** Never between the halves of a character outside the basic plane. */
function wholeCharacters(text: string, end: number): number {
  const half = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '');
  return half ? end + 1 : end;
}

/** What was selected, exactly as it was generated: the blocks add no line ends. Empty if it is not of one text. */
export function selectedText(selection: Selection | null): string {
  if (!selection || selection.rangeCount !== 1) return '';
  const part = selection.getRangeAt(0).cloneContents();
  if (part.querySelector('h4')) return '';
  // Beside the text, where all of its place is selected, there is white space of the page.
  return (part.querySelector('.text') ?? part).textContent ?? '';
}
