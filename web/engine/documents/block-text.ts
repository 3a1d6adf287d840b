// Collects the text of a document whose elements are lines and paragraphs, as a browser shows it.

export class BlockText {
  readonly #parts: string[] = [];
  /** Line feeds due before the next text. */
  #lines = 0;
  #space = false;

  /** Adds text in which white space, line feeds too, is one space. Soft hyphens are dropped. */
  add(text: string): void {
    const words = text.replace(/[\u00ad\ufeff]/g, '').replace(/[\s\u00a0]+/g, ' ');
    if (words === '') return;
    if (words.startsWith(' ')) this.#space = true;
    const inner = words.trim();
    if (inner === '') return;
    this.#write(inner);
    this.#space = words.endsWith(' ');
  }

  /** Adds text whose white space matters. */
  addAsItIs(text: string): void {
    if (text !== '') this.#write(text);
  }

  #write(text: string): void {
    const first = this.#parts.length === 0;
    if (this.#lines > 0 && !first) this.#parts.push('\n'.repeat(this.#lines));
    else if (this.#space && !first) this.#parts.push(' ');
    this.#parts.push(text);
    this.#lines = 0;
    this.#space = false;
  }

  /** The next text begins a line. */
  line(): void {
    this.#lines = Math.max(this.#lines, 1);
  }

  /** An empty line comes before the next text. */
  paragraph(): void {
    this.#lines = 2;
  }

  /** The next text is another cell of the same line. */
  cell(): void {
    if (this.#parts.length > 0 && this.#lines === 0) this.#parts.push('\t');
    this.#space = false;
  }

  toString(): string {
    return this.#parts.join('');
  }
}
