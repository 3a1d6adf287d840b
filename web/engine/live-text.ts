// Prepares a live sample for display: an untrained model generates many empty lines, and the length limit ends it anywhere.

/** Removes empty lines; from a complete sample also the last line or word that the length limit has cut. */
export function liveText(text: string, complete: boolean): string {
  const lines = text.replace(/[^\S\n]*\n\s*\n/g, '\n').replace(/^\s*\n/, '');
  return complete ? withoutCutLine(lines) : lines;
}

/** Removes at most half of the text; of one long line only the last word. */
function withoutCutLine(text: string): string {
  if (text.trim() === '') return '';
  if (text.endsWith('\n')) return text.trimEnd();
  const line = text.lastIndexOf('\n');
  if (line >= text.length / 2) return text.slice(0, line);
  const word = text.lastIndexOf(' ');
  return `${word >= text.length / 2 ? text.slice(0, word) : text} …`;
}
