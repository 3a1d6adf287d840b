// Which files the service worker keeps.

/** Larger files are kept once they have been used: the core's other builds, the base, what reads PDF documents. */
const LARGE_BYTES = 1_000_000;
/** Of the core's builds a browser needs one. */
const CORE = /^wasm\//;

/** A file of the page: its path in the page's folder ('' is the page itself) and the hash of its content. */
export interface PageFile {
  path: string;
  hash: string;
}

export interface PageFiles {
  /** Kept as soon as the page is open. */
  always: PageFile[];
  /** Kept when they are used. */
  whenUsed: PageFile[];
}

export function sorted(files: readonly (PageFile & { bytes: number })[]): PageFiles {
  const large = ({ path, bytes }: PageFile & { bytes: number }) => bytes > LARGE_BYTES || CORE.test(path);
  const plain = ({ path, hash }: PageFile) => ({ path, hash });
  return {
    always: files.filter((file) => !large(file)).map(plain),
    whenUsed: files.filter(large).map(plain),
  };
}

/** The name that a file has in every version of the page: without the hashes that the build puts into names. */
export function stableName(path: string): string {
  return path.replace(/^wasm\/[^/]+\//, 'wasm/').replace(/-[\w-]{8}(?=(\.\w+)+$)/, '');
}
