/** Takes decisions from a fuzzer's input; zeros once it is used up. */
export class Bytes {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  next(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** One of the items. */
  of<T>(items: readonly T[]): T {
    return items[this.next() % items.length]!;
  }

  /** 32 bits. */
  number(): number {
    return [0, 8, 16, 24].reduce((value, shift) => value | (this.next() << shift), 0);
  }

  text(): string {
    const length = this.next() % 32;
    const text = Buffer.from(this.#bytes.subarray(this.#at, this.#at + length)).toString('utf8');
    this.#at += length;
    return text;
  }
}
