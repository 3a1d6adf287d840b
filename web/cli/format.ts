// Numbers and times as people read them.

export { formatBytes } from '../engine/limits.ts';

export function formatCount(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

export function formatLoss(loss: number | null): string {
  return loss === null ? '–' : loss.toFixed(3);
}

export function formatSpeed(tokens_per_s: number): string {
  return `${formatCount(tokens_per_s)} tokens/s`;
}

/** "8 s", "4 min 10 s", "2 h 5 min". */
export function formatTime(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '…';
  const s = Math.round(seconds);
  if (s < 1) return 'less than 1 s';
  if (s < 60) return `${s} s`;
  if (s < 3600)
    return s % 60 === 0 || s >= 600 ? `${Math.round(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** A path or text as one word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
