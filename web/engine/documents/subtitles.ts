// Subtitles (SubRip, WebVTT): what is said, one cue a line. A cue is a line of times, then its text up to an empty line.

import { Dropped, type Converted } from './converted.ts';

const TIMES = /^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}/;

export function looksLikeSubtitles(beginning: string): boolean {
  if (/^WEBVTT[ \t\n]/.test(beginning)) return true;
  return TIMES.test(beginning.trimStart().replace(/^\d+[ \t]*\n/, ''));
}

export function convert(text: string): Converted {
  const dropped = new Dropped();
  const said: string[] = [];
  for (const cue of cues(text.split('\n'))) {
    dropped.add('time stamp', 2);
    const spoken = withoutMarkup(cue.join(' '));
    if (spoken === '') continue;
    // Automatic captions repeat the last line in each cue.
    if (spoken === said.at(-1)) dropped.add('repeated line');
    else said.push(spoken);
  }
  return { text: said.length === 0 ? '' : `${said.join('\n')}\n`, dropped: dropped.sentences() };
}

/** The lines of each cue's text. Its number stands above the times, so it belongs to no cue. */
function* cues(lines: readonly string[]): Generator<string[]> {
  for (let at = 0; at < lines.length; at++) {
    if (!TIMES.test(lines[at]!)) continue;
    const text: string[] = [];
    while (at + 1 < lines.length && lines[at + 1]!.trim() !== '' && !TIMES.test(lines[at + 1]!))
      text.push(lines[++at]!);
    // Without an empty line before it, the next cue's number was taken for text.
    if (at + 1 < lines.length && TIMES.test(lines[at + 1]!) && /^\d+\s*$/.test(text.at(-1) ?? '')) text.pop();
    yield text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
};

/** Keeps the names of speakers, which WebVTT writes as <v Name>. */
function withoutMarkup(cue: string): string {
  return cue
    .replace(/<v(?:\.[^ >]*)? +([^>]+)>/g, '$1: ')
    .replace(/<\/?[a-z\d.:][^>]*>/gi, '')
    .replace(/\{\\[^}]*\}/g, '')
    .replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/\s+/g, ' ')
    .trim();
}
