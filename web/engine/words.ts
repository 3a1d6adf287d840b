// Numbers in sentences.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** "1 byte", "2 bytes", "1,000 bytes". */
export function counted(n: number, one: string): string {
  return `${whole.format(n)} ${n === 1 ? one : `${one}s`}`;
}
