// A live sample as it is shown: an untrained model writes many empty lines, and its length ends it anywhere.

/** Without empty lines; once it is whole, also without the part of a line that its length cut off. */
export function liveText(text: string, whole: boolean): string {
  const lines = text.replace(/[^\S\n]*\n\s*\n/g, '\n').replace(/^\s*\n/, '');
  return whole ? withoutCutLine(lines) : lines;
}

/** Gives up at most half of the text; of one long line, only the last word. */
function withoutCutLine(text: string): string {
  if (text.trim() === '') return '';
  if (text.endsWith('\n')) return text.trimEnd();
  const line = text.lastIndexOf('\n');
  if (line >= text.length / 2) return text.slice(0, line);
  const word = text.lastIndexOf(' ');
  return `${word >= text.length / 2 ? text.slice(0, word) : text} …`;
}
