// Chats that were exported as text: names and messages stay, time stamps go. Each line format is a row of FORMATS.

import { Dropped, type Converted } from './converted.ts';

interface Format {
  /** A line that begins a message: groups author (absent for messages of the program) and text. */
  line: RegExp;
  /** Lines that only give the date. */
  date?: RegExp;
}

const DAY = String.raw`\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?`;
const TIME = String.raw`(?:(?:오전|오후|上午|下午|午前|午後) ?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f]?[AaPp]\.?[\s\u00a0]?[Mm]\.?)?`;
const AUTHOR = String.raw`(?:(?<author>[^:]{1,60}): )?(?<text>.*)$`;

const FORMATS: readonly Format[] = [
  // WhatsApp on iPhones: [31.12.23, 22:15:23] Name: text
  { line: new RegExp(String.raw`^[\u200e\u200f]?\[${DAY},? ${TIME}\] ${AUTHOR}`) },
  // WhatsApp on Android: 31.12.23, 22:15 - Name: text
  { line: new RegExp(String.raw`^[\u200e\u200f]?${DAY},? ${TIME} [-–] ${AUTHOR}`) },
  // KakaoTalk on phones: 2023년 12월 31일 오후 10:15, Name : text
  {
    line: new RegExp(
      String.raw`^(?:\d{4}년 \d{1,2}월 \d{1,2}일|[A-Z][a-z]+ \d{1,2}, \d{4}(?: at|,)?) ${TIME}, (?:(?<author>.{1,60}?) : )?(?<text>.*)$`,
    ),
    date: /^(?:\d{4}년 \d{1,2}월 \d{1,2}일|[A-Z][a-z]+ \d{1,2}, \d{4}(?: at|,)?) (?:오전 |오후 )?\d{1,2}:\d{2}(?: [AP]M)?$/,
  },
  // KakaoTalk on computers: [Name] [오후 10:15] text
  {
    line: new RegExp(String.raw`^\[(?<author>[^\]]{1,60})\] \[${TIME}\] (?<text>.*)$`),
    date: /^-{5,} .* -{5,}$/,
  },
  // LINE: 22:15⇥Name⇥text
  {
    line: new RegExp(String.raw`^${TIME}\t(?<author>[^\t]{1,60})\t(?<text>.*)$`),
    date: /^\d{4}[./]\d{1,2}[./]\d{1,2}.{0,12}$/,
  },
  // IRC: [22:15] <name> text
  { line: /^\[?\d{1,2}:\d{2}(?::\d{2})?\]? <[ @+%~&]?(?<author>[^>]{1,40})> (?<text>.*)$/ },
];

/** What programs write in place of a picture or a sound. */
const ATTACHMENT =
  /^(?:<[^<>]*(?:omitted|ausgeschlossen|weggelassen|omis|omitid|제외)[^<>]*>|[\u200e\u200f].{0,40}(?:omitted|weggelassen|생략됨?|omis[ea]?)|사진(?: \d+장)?|동영상|이모티콘)$/i;

const LINES_LOOKED_AT = 200;
const MIN_MESSAGES = 3;
/** Messages may have several lines, but not most of them. */
const MIN_SHARE = 0.3;

function formatOf(beginning: string): Format | undefined {
  const lines = beginning.split('\n', LINES_LOOKED_AT).filter((line) => line.trim() !== '');
  const enough = Math.max(MIN_MESSAGES, MIN_SHARE * lines.length);
  const matches = ({ line }: Format): number => lines.filter((l) => line.exec(l)?.groups?.['author']).length;
  return FORMATS.find((format) => matches(format) >= enough);
}

export function looksLikeChat(beginning: string): boolean {
  return formatOf(beginning) !== undefined;
}

export function convert(text: string): Converted | undefined {
  const format = formatOf(text);
  if (!format) return undefined;
  const dropped = new Dropped();
  const messages: string[] = [];
  /** Whether the next line without a time stamp belongs to a message that was kept. */
  let open = false;
  for (const line of text.split('\n')) {
    if (format.date?.test(line)) {
      dropped.add('time stamp');
      open = false;
      continue;
    }
    const groups = format.line.exec(line)?.groups;
    if (!groups) {
      if (open) messages.push(line);
      continue;
    }
    dropped.add('time stamp');
    const { author, text: said = '' } = groups;
    open = author !== undefined && !ATTACHMENT.test(said.trim());
    if (open) messages.push(`${author!.trim()}: ${said}`);
    else dropped.add(author === undefined ? 'system message' : 'attachment');
  }
  while (messages.at(-1)?.trim() === '') messages.pop();
  return { text: `${messages.join('\n')}\n`, dropped: dropped.sentences() };
}
