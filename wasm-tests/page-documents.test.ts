// Documents dropped on the page: each kind becomes plain text, and what was left out is said.

import { column, docxOf, epubOf, pdfOf, wordParagraph, zipOf } from './helpers/documents.ts';
import { alerts, button, dropFile, textArea, until, usePage } from './helpers/page.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const HTML = '<!doctype html><html><body><nav>Menu</nav><p>From a page.</p></body></html>';

describe('documents on the page', () => {
  const { open } = usePage();

  test('of every kind become plain text', async () => {
    const { page } = await open();
    const kinds: [name: string, file: Uint8Array, text: string, note: string][] = [
      ['a.docx', docxOf(wordParagraph('From Word.')), 'From Word.\n', 'Formatting was left out.'],
      ['a.epub', epubOf(['<p>From a book.</p>']), 'From a book.\n', 'Tags and 1 contents page were left out.'],
      ['a.pdf', pdfOf([{ lines: column(['From a document.']) }]), 'From a document.\n', 'Layout was left out.'],
      ['a.html', utf8(HTML), 'From a page.\n', 'Tags and 1 menu were left out.'],
      ['a.srt', utf8('1\n00:00:01,000 --> 00:00:02,000\nFrom a film.\n'), 'From a film.\n', '2 time stamps were left out.'],
      ['a.csv', utf8('id,words\n1,From a\n2,table.\n'), 'From a\ntable.\n', 'The text is that of the column words; the names of the columns and the column id, which holds no words, were left out.'],
      ['a.json', utf8('[{"text": "From a"}, {"text": "list."}]'), 'From a\n\nlist.\n', 'Field names, and fields other than texts, were left out.'],
      ['chat.txt', utf8('[1.2.23, 10:15] A: From\n[1.2.23, 10:16] B: a\n[1.2.23, 10:17] A: chat.\n'), 'A: From\nB: a\nA: chat.\n', '3 time stamps were left out.'],
      ['a.zip', zipOf({ 'x.html': HTML, 'y.txt': 'And more.' }), 'From a page.\nAnd more.\n', '2 files, in the order of their names: x.html, y.txt.'],
    ]; // prettier-ignore
    for (const [name, file, text, note] of kinds) {
      await dropFile(page, name, file);
      await until(async () => (await textArea(page).inputValue()) === text);
      await page.getByText(note, { exact: true }).waitFor();
    }
  });

  test('can be used as they are, and undone', async () => {
    const { page } = await open();
    await dropFile(page, 'a.html', utf8(HTML));
    await button(page, 'Use the file as it is').click();
    await until(async () => (await textArea(page).inputValue()) === HTML);
    await button(page, 'Undo').click();
    await until(async () => (await textArea(page).inputValue()) === 'From a page.\n');
  });

  test('without text are refused with a sentence', async () => {
    const { page } = await open();
    await dropFile(page, 'scan.pdf', pdfOf([{ lines: [] }]));
    await alerts(page)
      .filter({ hasText: '“scan.pdf” has no text, only pictures of 1 page; let a program recognize' })
      .waitFor();
    await dropFile(page, 'broken.docx', docxOf(wordParagraph('x')).subarray(0, 90));
    await alerts(page)
      .filter({
        hasText:
          '“broken.docx” is a ZIP archive, as Word documents and e-books are, but it seems to be damaged',
      })
      .waitFor();
  });

  test('their converters are not fetched before', async () => {
    const { page } = await open();
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    await dropFile(page, 'plain.txt', utf8('Only text.'));
    await until(async () => (await textArea(page).inputValue()) === 'Only text.');
    expect(fetched.filter((url) => /documents-worker|pdfjs|html-|csv-/.test(url))).toEqual([]);
  });
});
