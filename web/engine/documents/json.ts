// JSON: the messages of an exported chat (Telegram, Discord, Instagram, Slack, ChatGPT …) with their authors, or the
// texts of records, as data sets hold them. Programs name the fields differently, so they are found by these lists.

import { Dropped, tidied, type Converted } from './converted.ts';

type Json = Readonly<Record<string, unknown>>;

/** Fields with what was written, in the order in which a record's are joined. */
const TEXTS = [
  'title', 'instruction', 'prompt', 'question', 'input', 'text', 'Text', 'content', 'Content', 'contents', 'Contents',
  'body', 'message', 'parts', 'output', 'response', 'completion', 'answer', 'summary',
]; // prettier-ignore
/** Fields of which only one holds the text of a message. */
const MESSAGE_TEXTS = TEXTS.slice(5, 14);
const AUTHORS = ['from', 'sender_name', 'sender', 'author', 'user_profile', 'user', 'username', 'role'];
const NAMES = ['nickname', 'real_name', 'display_name', 'global_name', 'name', 'username', 'role'];
const TIMES = ['date', 'timestamp', 'Timestamp', 'timestamp_ms', 'ts', 'time', 'create_time', 'created_at'];

/** This share of a list must be messages or records. */
const SHARE = 0.5;

interface Message {
  author: string;
  text: string;
  time: number | undefined;
}

/** Returns undefined, which keeps the file as it is, if it is no JSON or holds neither messages nor records. */
export function convert(file: string): Converted | undefined {
  const value = parsed(file);
  if (value === undefined) return undefined;
  const dropped = new Dropped('fields other than texts and names');
  const lists = [...listsIn(value)];
  const chats = lists.map((list) => chatOf(list, dropped)).filter((chat) => chat !== '');
  if (chats.length > 0) return { text: tidied(chats.join('\n\n')), dropped: dropped.sentences() };
  const records = lists.flatMap(recordsOf);
  if (records.length === 0) return undefined;
  return {
    text: tidied(records.join('\n\n')),
    dropped: ['Field names, and fields other than texts, were left out.'],
  };
}

/** A JSON value, or a list of the values on each line (JSON Lines). */
function parsed(file: string): unknown {
  try {
    return JSON.parse(file) as unknown;
  } catch {
    try {
      return file
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as unknown);
    } catch {
      return undefined;
    }
  }
}

/** The outermost lists of objects. ChatGPT's export has an object of messages instead, named mapping. */
function* listsIn(value: unknown): Generator<Json[]> {
  if (Array.isArray(value)) {
    const objects = value.filter(isObject).map(unwrapped);
    if (objects.length > 0 && objects.length >= SHARE * value.length && objects.some(hasText)) yield objects;
    else for (const item of value) yield* listsIn(item);
  } else if (isObject(value)) {
    if (isObject(value['mapping'])) yield* listsIn(Object.values(value['mapping']));
    else for (const item of Object.values(value)) yield* listsIn(item);
  }
}

/** A conversation among others is a list of its own, not a record with a title. */
function hasText(object: Json): boolean {
  const holdsList = Object.entries(object).some(
    ([key, value]) =>
      key === 'mapping' ||
      (Array.isArray(value) && value.some((v) => isObject(v) && hasText(v)) && !TEXTS.includes(key)),
  );
  return !holdsList && textsOf(object).length > 0;
}

function unwrapped(object: Json): Json {
  return isObject(object['message']) ? object['message'] : object;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function chatOf(list: readonly Json[], dropped: Dropped): string {
  const found = list.map(messageOf);
  const messages = found.filter((message) => message.author !== '' && message.text !== '');
  if (messages.length < SHARE * list.length && !list.every((m) => timeOf(m) !== undefined)) return '';
  if (messages.length === 0) return '';
  dropped.add('time stamp', found.filter(({ time }) => time !== undefined).length);
  dropped.add('message without text', found.length - messages.length);
  const [first, last] = [messages[0]!.time, messages.at(-1)!.time];
  // Some programs write the newest message first.
  if (first !== undefined && last !== undefined && first > last) messages.reverse();
  return messages.map(({ author, text }) => `${author}: ${text}`).join('\n');
}

function messageOf(object: Json): Message {
  const text = MESSAGE_TEXTS.map((key) => textOf(object[key])).find((t) => t !== '') ?? '';
  const author = AUTHORS.map((key) => nameOf(object[key])).find((name) => name !== '') ?? '';
  const repair = 'sender_name' in object ? unmangled : (t: string) => t;
  return { author: repair(author), text: repair(text), time: timeOf(object) };
}

function recordsOf(list: readonly Json[]): string[] {
  return list.map((object) => textsOf(object).join('\n')).filter((text) => text !== '');
}

function textsOf(object: Json): string[] {
  return TEXTS.map((key) => textOf(object[key])).filter((text) => text !== '');
}

/** A text may be a string, or a list of strings and of parts with a text (bold words, links). */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value))
    return value
      .map((part) => (typeof part === 'string' ? part : textOfPart(part)))
      .join('')
      .trim();
  return isObject(value) ? textOfPart(value) : '';
}

function textOfPart(part: unknown): string {
  if (!isObject(part)) return '';
  const { text, parts } = part;
  return typeof text === 'string' ? text : Array.isArray(parts) ? textOf(parts) : '';
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (!isObject(value)) return '';
  return (
    (NAMES.map((key) => value[key]).find((name) => typeof name === 'string' && name !== '') as string) ?? ''
  );
}

function timeOf(object: Json): number | undefined {
  const value = TIMES.map((key) => object[key]).find((time) => time !== undefined && time !== null);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const time = /^[\d.]+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** Facebook and Instagram write each byte of UTF-8 as a character. */
function unmangled(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  try {
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
