/** A token's text with its spaces and line ends made visible. */
export function visibleText(text: string): string {
  return text.replaceAll(/\r?\n/g, '⏎').replaceAll(' ', '·');
}
