// Reads a sentence with marks in it: `code`, and [a link](#to).

export interface MarkedPart {
  readonly text: string;
  readonly kind: 'text' | 'code' | 'link';
  readonly href: string;
}

const MARKS = /`([^`]+)`|\[([^\]]+)\]\((#\w+)\)/g;

export function markedParts(text: string): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let end = 0;
  for (const { 0: mark, 1: code, 2: label, 3: href = '', index } of text.matchAll(MARKS)) {
    parts.push({ text: text.slice(end, index), kind: 'text', href: '' });
    parts.push({ text: code ?? label ?? '', kind: code === undefined ? 'link' : 'code', href });
    end = index + mark.length;
  }
  parts.push({ text: text.slice(end), kind: 'text', href: '' });
  return parts.filter((part) => part.text !== '');
}
