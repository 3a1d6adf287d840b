// Finds lines and paragraphs in the pieces of text of a PDF, which has neither: it says only what stands where.

/** Text at a place on a page; y grows upwards. */
export interface Piece {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  text: string;
  x: number;
  y: number;
  /** Where it ends. */
  end: number;
  height: number;
}

/** A larger gap between pieces is a space, in heights of a line. */
const SPACE = 0.2;
/** Pieces of one line differ by less, in heights of a line: exponents and other fonts. */
const SAME_LINE = 0.5;

/** Joins pieces that stand side by side. They come in the order in which they are read. */
export function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  for (const { text, x, y, width, height } of pieces) {
    if (text.trim() === '') continue;
    const line = lines.at(-1);
    const tall = Math.max(height, line?.height ?? 0);
    if (line && Math.abs(line.y - y) < SAME_LINE * tall && x >= line.end - tall) {
      line.text += (x - line.end > SPACE * tall && !/\s$/.test(line.text) ? ' ' : '') + text;
      line.end = x + width;
      line.height = tall;
    } else lines.push({ text, x, y, end: x + width, height });
  }
  return lines.map((line) => ({ ...line, text: line.text.replace(/\s+/g, ' ').trim() }));
}

/** This many lines at the top and at the bottom of a page may be headers and footers. */
const EDGE_LINES = 2;
/** A header stands on at least so many pages … */
const MIN_REPEATS = 3;
/** … and on this share of them; left and right pages may have their own. */
const REPEAT_SHARE = 0.3;

/** Removes what stands at the edge of many pages but for its numbers: titles and page numbers. */
export function withoutRepeated(pages: readonly Line[][]): { pages: Line[][]; removed: number } {
  const seen = new Map<string, number>();
  for (const page of pages)
    for (const key of new Set(edges(page).map((at) => patternOf(page[at]!))))
      seen.set(key, (seen.get(key) ?? 0) + 1);
  const enough = Math.max(MIN_REPEATS, REPEAT_SHARE * pages.length);
  let removed = 0;
  const kept = pages.map((page) => {
    const edge = new Set(edges(page).filter((at) => seen.get(patternOf(page[at]!))! >= enough));
    removed += edge.size;
    return page.filter((_, at) => !edge.has(at));
  });
  return { pages: kept, removed };
}

/** The indices of the highest and lowest lines, whatever the order in which they come. */
function edges(page: readonly Line[]): number[] {
  const byHeight = page.map((_, at) => at).sort((a, b) => page[b]!.y - page[a]!.y);
  return [...new Set([...byHeight.slice(0, EDGE_LINES), ...byHeight.slice(-EDGE_LINES)])];
}

function patternOf({ text }: Line): string {
  return text.replace(/\d+|^[ivxlc]+$/gi, '#');
}

/** A line that ends this far before the margin, as a share of the text's width, ends its paragraph. */
const SHORT = 0.12;
/** A larger distance between lines, compared with the usual one, begins a paragraph. */
const GAP = 1.35;
/** A first line is indented by at least so many heights of a line. */
const INDENT = 0.8;
/** Shorter lines on the whole, as of verses, are not joined. */
const FULL_SHARE = 0.4;

/** Joins the lines of a paragraph, also over the end of a page. */
export function paragraphsOf(pages: readonly Line[][]): string {
  const out: string[] = [];
  let last: Line | undefined;
  for (const page of pages) {
    const measures = measured(page);
    for (const line of page) {
      const join = last ? between(last, line, measures) : '';
      if (join === DIVIDED) out.push(out.pop()!.slice(0, -1));
      else out.push(join);
      out.push(line.text);
      last = line;
    }
  }
  return out.join('').replace(/\u00ad/g, '');
}

/** Stands for the hyphen of a word that was divided at the end of a line. */
const DIVIDED = '-';

interface Measures {
  left: number;
  right: number;
  /** Usual distance between lines. */
  leading: number;
  /** Whether lines mostly end at the margin, so that they are joined. */
  flows: boolean;
}

function measured(page: readonly Line[]): Measures {
  const left = quantile(
    page.map(({ x }) => x),
    0.2,
  );
  const right = quantile(
    page.map(({ end }) => end),
    0.9,
  );
  const steps = page
    .slice(1)
    .map(({ y }, at) => page[at]!.y - y)
    .filter((step) => step > 0);
  const margin = right - SHORT * (right - left);
  const full = page.filter(({ end }) => end >= margin).length;
  return { left, right, leading: quantile(steps, 0.5), flows: full >= FULL_SHARE * page.length };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** What stands between two lines: a space, a line feed, or an empty line. */
function between(last: Line, line: Line, { left, right, leading, flows }: Measures): string {
  const step = last.y - line.y;
  const samePage = step > 0;
  const gap = samePage && step > GAP * Math.max(leading, line.height);
  const resized = Math.abs(last.height - line.height) > 0.15 * line.height;
  if (gap || resized) return '\n\n';
  if (flows && /\p{Ll}[-\u00ad\u2010]$/u.test(last.text) && /^\p{Ll}/u.test(line.text)) return DIVIDED;
  const short = last.end < right - SHORT * (right - left);
  const indented = line.x > left + INDENT * line.height;
  if (!flows || short || indented) return '\n';
  const noSpaces = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}、。，」）]$/u.test(last.text);
  return noSpaces && /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}「（]/u.test(line.text) ? '' : ' ';
}
