// Word documents: the paragraphs of the main text. In OOXML (ECMA-376) a paragraph is w:p, its text w:t.

import { Parser } from 'htmlparser2';
import { Dropped, Unreadable, tidied, type Converted } from './converted.ts';
import { unpack } from './zip.ts';

const BODY = /^word\/document\d*\.xml$/;
/** Parts beside the main text. */
const BESIDE: readonly (readonly [part: RegExp, element: string, noun: string])[] = [
  [/^word\/footnotes\.xml$/, 'w:footnote', 'footnote'],
  [/^word\/endnotes\.xml$/, 'w:endnote', 'endnote'],
  [/^word\/comments\.xml$/, 'w:comment', 'comment'],
  [/^word\/header\d*\.xml$/, 'w:hdr', 'header'],
  [/^word\/footer\d*\.xml$/, 'w:ftr', 'footer'],
];

/** Elements that stand for a character. */
const CHARACTERS: Readonly<Record<string, string>> = {
  'w:tab': '\t',
  'w:br': '\n',
  'w:cr': '\n',
  'w:noBreakHyphen': '-',
};

export function convert(file: Uint8Array): Converted {
  const parts = unpack(file, (name) => BODY.test(name) || BESIDE.some(([part]) => part.test(name)));
  const body = [...parts].find(([name]) => BODY.test(name))?.[1];
  if (!body)
    throw new Unreadable('holds no text that Word would show; save it in Word again and try that file');
  const dropped = new Dropped('formatting');
  const text = textOfBody(xml(body), dropped);
  for (const [part, element, noun] of BESIDE)
    for (const [name, bytes] of parts) if (part.test(name)) dropped.add(noun, realNotes(xml(bytes), element));
  return { text: tidied(text), dropped: dropped.sentences() };
}

function textOfBody(body: string, dropped: Dropped): string {
  const out: string[] = [];
  let collecting = false;
  /** Depth within elements whose text is not shown: older versions of pictures, deleted text. */
  let hidden = 0;
  let cells = 0;
  const parser = new Parser(
    {
      onopentag(name) {
        if (hidden > 0 || name === 'mc:Fallback' || name === 'w:del' || name === 'w:moveFrom') hidden++;
        if (hidden > 0) return;
        if (name === 'w:t') collecting = true;
        // Tab stops in the properties of a paragraph have the name of the character.
        else if (name === 'w:tabs') hidden++;
        else if (name === 'w:drawing' || name === 'w:pict') dropped.add('picture');
        else if (name === 'w:tr') cells = 0;
        else if (name === 'w:tc' && cells++ > 0) replaceLineEnd(out, '\t');
        else if (name in CHARACTERS) out.push(CHARACTERS[name]!);
      },
      ontext(text) {
        if (collecting && hidden === 0) out.push(text);
      },
      onclosetag(name) {
        if (hidden > 0) {
          hidden--;
          return;
        }
        if (name === 'w:t') collecting = false;
        else if (name === 'w:p') out.push('\n');
        else if (name === 'w:tbl') out.push('\n');
      },
    },
    { xmlMode: true },
  );
  parser.write(body);
  parser.end();
  return out.join('');
}

/** The paragraph of a cell does not end its line. */
function replaceLineEnd(out: string[], by: string): void {
  if (out.at(-1) === '\n') out[out.length - 1] = by;
  else out.push(by);
}

/** Separators are stored as notes with a type. */
function realNotes(part: string, element: string): number {
  const tags = part.match(new RegExp(`<${element}[ />][^>]*`, 'g')) ?? [];
  return tags.filter((tag) => !/w:type="(separator|continuation)/.test(tag)).length;
}

function xml(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
