// Files of any kind and name: each becomes text, or is refused with a sentence.

import { convertHere } from '../../web/engine/documents/convert.ts';
import { readPlainText } from '../../web/engine/documents/read.ts';
import { docxOf, epubOf, pdfOf, wordParagraph, zipOf } from '../helpers/documents.ts';
import { Bytes } from './bytes.ts';
import { requireSentence } from './sentence.ts';

const PAGE =
  '<!DOCTYPE html><html><head><title>T</title></head><body><nav>n</nav><p>a &amp; b<br>c</p><pre> d</pre></body></html>';
const SUBTITLES =
  '1\n00:00:01,000 --> 00:00:02,500\nHello <i>there</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nagain\n';
const CHAT = '[1/2/24, 10:11:12] Ann: hello\n[1/2/24, 10:11:13] Bob: hi there\nmore\n';
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Documents that inputs may begin as, and the name of each. */
const DOCUMENTS: readonly (readonly [string, Uint8Array])[] = [
  ['a', new Uint8Array()],
  ['a.html', utf8(PAGE)],
  ['a.srt', utf8(SUBTITLES)],
  ['a.csv', utf8('name,text\n1,"a ""b"", c"\n2,d\n')],
  ['a.json', utf8('[{"text":"a b c","from":"Ann"},{"text":"d"}]')],
  ['a.jsonl', utf8('{"prompt":"a","completion":"b"}\n{"prompt":"c"}\n')],
  ['chat.txt', utf8(CHAT)],
  ['a.docx', docxOf(wordParagraph('One') + wordParagraph('two'))],
  ['a.epub', epubOf(['<p>first</p>', '<p>second</p>'])],
  ['a.zip', zipOf({ 'a.txt': 'text', 'b/c.html': PAGE, 'd.csv': '1,2\n' })],
  ['a.pdf', pdfOf([{ lines: [[72, 720, 'A line'], [72, 700, 'and another']] }])],
]; // prettier-ignore

export async function fuzz(data: Uint8Array): Promise<void> {
  const bytes = new Bytes(data);
  const [fileName, document] = bytes.of(DOCUMENTS);
  let file = Buffer.from(document);
  while (bytes.left > 0) {
    const at = (bytes.next() | (bytes.next() << 8)) % (file.length + 1);
    const removed = bytes.next() % 8 === 0 ? bytes.next() : bytes.next() % 4;
    file = Buffer.concat([file.subarray(0, at), utf8(bytes.text()), file.subarray(at + removed)]);
  }
  try {
    await readPlainText(file, { fileName, label: 'The file', convert: convertHere });
  } catch (error) {
    requireSentence(error);
  }
}
