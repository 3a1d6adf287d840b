// Documents of many kinds become plain text, and what was left out is said.

import { convertHere } from '../web/engine/documents/convert.ts';
import { readPlainText } from '../web/engine/documents/read.ts';
import { column, docxOf, epubOf, pdfOf, wordParagraph, zipOf } from './helpers/documents.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function read(file: string | Uint8Array, fileName: string, asIs = false) {
  const bytes = typeof file === 'string' ? utf8(file) : file;
  const plain = await readPlainText(bytes, { fileName, label: fileName, asIs, convert: convertHere });
  return { text: decode(plain.bytes), notes: plain.notes, unconverted: plain.unconverted };
}

const PAGE = `<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><script>alert('no')</script>
<h1>A  title</h1><p>One &amp; two,<br>three&nbsp;<b>bold</b>.</p><ul><li>first</li><li>second</li></ul>
<pre>  kept
  as is</pre><table><tr><td>a</td><td>b</td></tr></table><p hidden>secret</p><footer>imprint</footer></body></html>`;

describe('web pages', () => {
  const text = 'A title\n\nOne & two,\nthree bold.\n\nfirst\nsecond\n\n  kept\n  as is\n\na\tb\n';

  test.each(['page.html', 'page.txt', ''])('named %p lose tags, scripts, menus and footers', async (name) => {
    const found = await read(PAGE, name);
    expect(found.text).toBe(text);
    expect(found.notes).toEqual(['Tags, 1 menu, 1 script, 1 hidden part, and 1 footer were left out.']);
    expect(decode(found.unconverted!)).toBe(PAGE);
  });

  test('stay as they are on request, and in source code', async () => {
    expect((await read(PAGE, 'page.html', true)).text).toBe(PAGE);
    expect((await read(PAGE, 'page.php')).text).toBe(PAGE);
  });

  test('with a main part give that part', async () => {
    const { text, notes } = await read(
      '<html><body><div>Cookies? Yes.</div><main><p>The story itself.</p></main></body></html>',
      'a.html',
    );
    expect(text).toBe('The story itself.\n');
    expect(notes.at(-1)).toBe('Only the main part of the page is used, without what stands around it.');
  });

  test('are read in the encoding that they name', async () => {
    const bytes = [
      ...utf8('<html><head><meta charset="iso-8859-7"></head><body>'),
      0xe1,
      0xe2,
      ...utf8('</body></html>'),
    ];
    expect((await read(Uint8Array.from(bytes), 'a.html')).text).toBe('αβ\n');
  });
});

test('an archive whose header promises far more than it holds is refused, without memory for it', async () => {
  const archive = zipOf({ 'a.txt': 'a text of some length. '.repeat(9) });
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const entry = Array.from({ length: archive.length - 4 }, (_, at) => at).find(
    (at) => view.getUint32(at, true) === 0x02014b50, // the central directory
  )!;
  view.setUint32(entry + 24, 0x11000001, true); // the size when unpacked
  await expect(read(archive, 'a.zip')).rejects.toThrow(/seems to be damaged; open it in its program/);
});

describe('Word documents', () => {
  test('give their paragraphs, cells and line breaks', async () => {
    const table = `<w:tbl><w:tr><w:tc>${wordParagraph('a')}</w:tc><w:tc>${wordParagraph('b')}</w:tc></w:tr></w:tbl>`;
    const edited =
      '<w:p><w:del><w:r><w:t>old</w:t></w:r></w:del><w:ins><w:r><w:t>new</w:t><w:br/><w:t>line</w:t></w:r></w:ins></w:p>';
    const picture = '<w:p><w:r><w:drawing/></w:r></w:p>';
    const file = docxOf(wordParagraph('하나 &amp; two') + table + edited + picture, {
      'word/footnotes.xml':
        '<w:footnotes><w:footnote w:type="separator" w:id="0"/><w:footnote w:id="2"/></w:footnotes>',
      'word/header1.xml': '<w:hdr/>',
    });
    const { text, notes } = await read(file, 'letter.docx');
    expect(text).toBe('하나 & two\na\tb\n\nnew\nline\n');
    expect(notes).toEqual(['Formatting, 1 picture, 1 footnote, and 1 header were left out.']);
  });
});

describe('e-books', () => {
  test('give their chapters in the order of the spine', async () => {
    const { text, notes } = await read(
      epubOf(['<h1>One</h1><p>Begin&#x2026;</p>', '<p>Two</p><img src="a.png"/>']),
      'x.epub',
    );
    expect(text).toBe('One\n\nBegin…\n\nTwo\n');
    expect(notes).toEqual(['Tags, 1 contents page, and 1 picture were left out.']);
  });

  test('with DRM are refused', async () => {
    const encryption = '<encryption><CipherReference URI="OEBPS/text/1%20part.xhtml"/></encryption>';
    await expect(
      read(epubOf(['<p>x</p>'], { 'META-INF/encryption.xml': encryption }), 'x.epub'),
    ).rejects.toThrow('x.epub is protected against copying (DRM); use an edition without protection.');
  });
});

describe('PDF documents', () => {
  const full = (name: string) => `${name} fills the whole line with words up to the right margin of`;
  const page = (number: number) => {
    const name = ['Anna', 'Boris', 'Cleo', 'Dora'][number - 1]!;
    return {
      lines: [
        [72, 760, 'The Book of Lines'] as const,
        ...column([
          full(name),
          `a column, which goes on and on until it ends in a divi-`,
          `ded word, as ${name} likes; and then`,
          `${full(name)} it,`,
          `says ${name} again.`,
        ]),
        [300, 40, String(number)] as const,
      ],
    };
  };

  test('give paragraphs without headers and page numbers', async () => {
    const { text, notes } = await read(pdfOf([1, 2, 3, 4].map(page)), 'x.pdf');
    const paragraphs = ['Anna', 'Boris', 'Cleo', 'Dora'].map(
      (name) =>
        `${full(name)} a column, which goes on and on until it ends in a divided word, as ${name} likes; and then\n` +
        `${full(name)} it, says ${name} again.\n`,
    );
    expect(text).toBe(paragraphs.join(''));
    expect(notes).toEqual(['Layout and 8 header or footer lines were left out.']);
  });

  test('of pictures are refused', async () => {
    await expect(read(pdfOf([{ lines: [] }, { lines: [] }]), 'scan.pdf')).rejects.toThrow(
      'scan.pdf has no text, only pictures of 2 pages; let a program recognize its letters (OCR), save the text, and use that.',
    );
  });

  test('with a password are refused', async () => {
    const key = `<${'00'.repeat(32)}>`;
    const trailer = `/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ${key} /U ${key} >>`;
    await expect(read(pdfOf([page(1)], { trailer }), 'secret.pdf')).rejects.toThrow(
      'secret.pdf is protected with a password; save a copy without one and try again.',
    );
  });

  test('with tables of characters that are missing are refused', async () => {
    const system = '/CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 0 >>';
    const descriptor = '/FontDescriptor << /Type /FontDescriptor /FontName /Batang /Flags 4 >>';
    const cid = `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Batang ${system} ${descriptor} >>`;
    const font = `<< /Type /Font /Subtype /Type0 /BaseFont /Batang /Encoding /KSCms-UHC-H /DescendantFonts [${cid}] >>`;
    await expect(read(pdfOf([page(1)], { font }), 'old.pdf')).rejects.toThrow(
      /^old\.pdf uses a table of characters that is not here \(KSCms-UHC-H.*\); copy its text in a PDF reader/,
    );
  });

  test('that are damaged are refused', async () => {
    await expect(read('%PDF-1.7\nnothing', 'x.pdf')).rejects.toThrow(
      'x.pdf is a PDF document, but it seems to be damaged; open it in its program, save it again, and use that file.',
    );
  });
});

describe('subtitles', () => {
  test.each([
    [
      'film.srt',
      '1\n00:00:01,000 --> 00:00:02,500\n<i>Hello,</i>\nyou.\n\n2\n00:00:03,000 --> 00:00:04,000\n{\\an8}Hello, you.\n\n3\n00:00:05,000 --> 00:00:06,000\n42\n',
    ],
    [
      'film.vtt',
      'WEBVTT\n\nNOTE a note\n\n00:01.000 --> 00:02.500 align:start\nHello,\nyou.\n\n00:03.000 --> 00:04.000\nHello, you.\n\nx\n00:05.000 --> 00:06.000\n42\n',
    ],
  ])('in %s give what is said', async (name, file) => {
    const { text, notes } = await read(file, name);
    expect(text).toBe('Hello, you.\n42\n');
    expect(notes).toEqual(['6 time stamps and 1 repeated line were left out.']);
    expect((await read(file, '')).text).toBe(text);
  });
});

describe('tables', () => {
  test('give the columns with words', async () => {
    const { text, notes } = await read(
      'id,date,author,"the text",likes\na1,2024-01-02,Ada,"Hello, ""you""",3\nb2,2024-01-03,Bob,"Good morning",14\n',
      'posts.csv',
    );
    expect(text).toBe('Ada\tHello, "you"\nBob\tGood morning\n');
    expect(notes).toEqual([
      'The text is that of the columns author and the text; the names of the columns and the columns id, date, and likes, which hold no words, were left out.',
    ]);
  });

  test('of numbers stay as they are', async () => {
    const file = 'a,b\n1,2\n3,4\n';
    expect(await read(file, 'x.csv')).toEqual({ text: file, notes: [], unconverted: undefined });
  });
});

describe('JSON', () => {
  const TELEGRAM = {
    name: 'Chat',
    messages: [
      { id: 1, type: 'service', date: '2024-01-01T10:00:00', actor: 'Ada', action: 'create_group', text: '' },
      { id: 2, type: 'message', date: '2024-01-01T10:01:00', from: 'Ada', text: 'Hello' },
      {
        id: 3,
        type: 'message',
        date: '2024-01-01T10:02:00',
        from: 'Bob',
        text: ['see ', { type: 'link', text: 'this' }],
      },
    ],
  };
  const DISCORD = {
    guild: { name: 'g' },
    messages: [
      {
        id: '1',
        timestamp: '2024-01-01T10:01:00',
        content: 'Hello',
        author: { name: 'a1', nickname: 'Ada' },
      },
      { id: '2', timestamp: '2024-01-01T10:02:00', content: 'see this', author: { name: 'Bob' } },
    ],
  };
  const INSTAGRAM = {
    participants: [{ name: 'Ada' }],
    messages: [
      { sender_name: 'Bob', timestamp_ms: 1_700_000_002_000, content: 'see this' },
      { sender_name: 'Ada', timestamp_ms: 1_700_000_001_000, content: 'Hello' },
    ],
  };
  const CHATGPT = [
    {
      title: 'A talk',
      mapping: {
        root: { message: null },
        a: { message: { author: { role: 'Ada' }, create_time: 1, content: { parts: ['Hello'] } } },
        b: { message: { author: { role: 'Bob' }, create_time: 2, content: { parts: ['see this'] } } },
      },
    },
  ];

  test.each([
    ['Telegram', TELEGRAM, 3],
    ['Discord', DISCORD, 2],
    ['Instagram', INSTAGRAM, 2],
    ['ChatGPT', CHATGPT, 2],
  ])('of %s gives names and messages', async (_, chat, stamps) => {
    const { text, notes } = await read(JSON.stringify(chat), 'result.json');
    expect(text).toBe('Ada: Hello\nBob: see this\n');
    expect(notes[0]).toMatch(new RegExp(`^Fields other than texts and names(,| and) ${stamps} time stamps`));
  });

  test('with letters spoiled by Instagram is repaired', async () => {
    const spoiled = String.fromCharCode(...utf8('안녕'));
    const chat = { messages: [{ sender_name: 'Ada', timestamp_ms: 1, content: spoiled }] };
    expect((await read(JSON.stringify(chat), 'm.json')).text).toBe('Ada: 안녕\n');
  });

  test('of records gives their texts, also line by line', async () => {
    const records = [
      { question: 'Why?', answer: 'So.', id: 1 },
      { question: 'When?', answer: 'Now.', id: 2 },
    ];
    const text = 'Why?\nSo.\n\nWhen?\nNow.\n';
    expect((await read(JSON.stringify(records), 'x.json')).text).toBe(text);
    expect((await read(records.map((r) => JSON.stringify(r)).join('\n'), 'x.jsonl')).text).toBe(text);
  });

  test.each(['{"a": 1, "b": [1, 2]}', '[1, 2', '{"name": "x", "scripts": {"test": "jest"}}'])(
    '%s stays as it is',
    async (file) => {
      expect((await read(file, 'x.json')).text).toBe(file);
    },
  );
});

describe('exported chats', () => {
  test.each([
    [
      'WhatsApp on iPhones',
      '[31.12.23, 22:15:23] Ada: Hello\nagain\n[31.12.23, 22:15:40] Bob: see this\n\u200e[31.12.23, 22:16:00] Ada: \u200eimage omitted\n',
    ],
    [
      'WhatsApp on Android',
      '12/31/23, 10:15\u202fPM - Messages are end-to-end encrypted.\n12/31/23, 10:15\u202fPM - Ada: Hello\nagain\n12/31/23, 10:16\u202fPM - Bob: see this\n12/31/23, 10:16\u202fPM - Ada: <Media omitted>\n',
    ],
    [
      'KakaoTalk on phones',
      '대화방\n저장한 날짜 : 2023년 12월 31일 오후 11:00\n\n2023년 12월 31일 오후 10:15\n2023년 12월 31일 오후 10:15, Ada : Hello\nagain\n2023년 12월 31일 오후 10:16, Bob : see this\n2023년 12월 31일 오후 10:17, Ada : 사진\n',
    ],
    [
      'KakaoTalk on computers',
      '--------------- 2023년 12월 31일 일요일 ---------------\n[Ada] [오후 10:15] Hello\nagain\n[Bob] [오후 10:16] see this\n[Ada] [오후 10:17] 이모티콘\n',
    ],
    ['LINE', '2023.12.31 Sunday\n22:15\tAda\tHello\nagain\n22:16\tBob\tsee this\n22:17\tBob\t사진\n'],
  ])('of %s keep names and messages', async (_, chat) => {
    const { text, notes } = await read(chat, 'chat.txt');
    expect(text).toBe('Ada: Hello\nagain\nBob: see this\n');
    expect(notes.join(' ')).toMatch(/\d time stamps?/);
  });

  test('a novel with times in it is no chat', async () => {
    const novel = 'At 10:15 he said: Go.\nAt 10:16 she said: No.\nAt 10:17 it rained.\n'.repeat(5);
    expect((await read(novel, 'novel.txt')).text).toBe(novel);
  });
});

describe('archives', () => {
  test('give the texts of their files, converted, without what is hidden', async () => {
    const { text, notes } = await read(
      zipOf({
        'b/2.html': '<html><body><p>two</p></body></html>',
        'b/10.txt': 'ten',
        'a.docx': docxOf(wordParagraph('first')),
        '__MACOSX/a.txt': 'no',
        'photo.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10),
        'inner.zip': zipOf({ 'x.txt': 'no' }),
      }),
      'all.zip',
    );
    expect(text).toBe('first\ntwo\nten\n');
    expect(notes).toEqual(
      expect.arrayContaining([
        '3 files, in the order of their names: a.docx, b/2.html, b/10.txt.',
        'These files are not texts and were left out: inner.zip, photo.png.',
        '“b/2.html”: Tags were left out.',
      ]),
    );
  });

  test.each([
    ['xl/workbook.xml', /is an Excel workbook; save the sheet/],
    ['ppt/presentation.xml', /is a PowerPoint presentation; save it as PDF/],
    ['Contents/content.hpf', /is a Hangul document \(HWPX\); save it as a Word document/],
    ['content.xml', /is an OpenDocument file; save it as a Word document/],
    ['model.safetensors', /holds a model, not texts; open it as a model/],
    ['x.bin', /holds no text\. None of these files is a text: x\.bin\./],
  ])('with %s are refused', async (name, message) => {
    await expect(read(zipOf({ [name]: Uint8Array.of(0, 1, 2, 0, 0) }), 'a.zip')).rejects.toThrow(message);
  });

  test('with a password or cut short are refused', async () => {
    const locked = zipOf({ 'a.txt': 'secret' });
    locked[6]! |= 1;
    await expect(read(locked, 'a.zip')).rejects.toThrow('a.zip is protected with a password; unpack it');
    await expect(read(zipOf({ 'a.txt': 'secret' }).subarray(0, 40), 'a.zip')).rejects.toThrow(
      'seems to be damaged',
    );
  });
});

test.each(['notes.md', 'main.py', 'plain.txt', 'README'])('%s stays as it is', async (name) => {
  const file = '# One\n\n<b>two</b>, 10:15 [x](y)\n';
  expect(await read(file, name)).toEqual({ text: file, notes: [], unconverted: undefined });
});

test('documents without words are refused', async () => {
  await expect(read('<html><body><script>1</script></body></html>', 'x.html')).rejects.toThrow(
    'x.html holds no words; use another file.',
  );
});
