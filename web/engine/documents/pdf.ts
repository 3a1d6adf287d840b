// PDF documents, read by pdf.js: unpdf is its build for hosts without a DOM, as workers and Node are.

import { configureUnPDF, getDocumentProxy } from 'unpdf';
import { counted } from '../format.ts';
import { Dropped, Unreadable, tidied, type Converted } from './converted.ts';
import { linesOf, withoutRepeated, paragraphsOf, type Line, type Piece } from './pdf-layout.ts';

/** A page with fewer letters is a picture. */
const MIN_LETTERS = 10;

export async function convert(file: Uint8Array): Promise<Converted> {
  const pages = await readPages(file);
  const empty = pages.filter((page) => letters(page) < MIN_LETTERS).length;
  if (empty === pages.length)
    throw new Unreadable(
      `has no text, only pictures of ${counted(pages.length, 'page')}; let a program recognize its letters (OCR), save the text, and use that`,
    );
  const dropped = new Dropped('layout');
  const kept = withoutRepeated(pages);
  dropped.add('header or footer line', kept.removed);
  dropped.add('page without text', empty);
  return { text: tidied(paragraphsOf(kept.pages)), dropped: dropped.sentences() };
}

async function readPages(file: Uint8Array): Promise<Line[][]> {
  await configureUnPDF({ pdfjs: () => import('unpdf/pdfjs') });
  // pdf.js takes the bytes over, so it gets a copy. The page's Content-Security-Policy forbids eval.
  const missing = new Set<string>();
  const settings = {
    verbosity: 0,
    isEvalSupported: false,
    useSystemFonts: false,
    useWorkerFetch: false,
    BinaryDataFactory: recorderOf(missing),
  };
  const pdf = await getDocumentProxy(new Uint8Array(file), settings).catch((error: unknown) => {
    if ((error as Error).name === 'PasswordException')
      throw new Unreadable('is protected with a password; save a copy without one and try again');
    throw error;
  });
  try {
    const pages: Line[][] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(linesOf(items.filter((item) => 'str' in item).map(pieceOf)));
      page.cleanup();
    }
    if (missing.size > 0)
      throw new Unreadable(
        `uses a table of characters that is not here (${[...missing].join(', ')}); copy its text in a PDF reader, save it as a text file, and use that`,
      );
    return pages;
  } finally {
    await pdf.destroy();
  }
}

interface Table {
  kind: string;
  filename: string;
}

/** Old documents in Chinese, Japanese and Korean name tables of characters (CMaps), which are not shipped. */
function recorderOf(missing: Set<string>): new () => { fetch: (table: Table) => Promise<never> } {
  return class {
    async fetch({ kind, filename }: Table): Promise<never> {
      // Fonts, which are asked for too, are needed only for drawing.
      if (kind === 'cMapUrl') missing.add(filename.replace(/\.bcmap$/, ''));
      throw new Error(`${filename} is not here.`);
    }
  };
}

interface Item {
  str: string;
  /** A 2×3 matrix, whose last two numbers are the position. */
  transform: number[];
  width: number;
  height: number;
}

function pieceOf({ str, transform, width, height }: Item): Piece {
  const [a = 0, b = 0, , , x = 0, y = 0] = transform;
  return { text: str, x, y, width, height: height || Math.hypot(a, b) };
}

function letters(page: readonly Line[]): number {
  return page.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
}
