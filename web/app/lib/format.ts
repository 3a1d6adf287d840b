// Numbers as people read them. Every function takes a plain number and gives a short text; what is not
// known yet (NaN, infinity) is an en dash, so that a place on the page never jumps or says "NaN".

import { counted } from '../../engine/words.ts';

export const UNKNOWN = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function formatCount(value: number): string {
  return Number.isFinite(value) ? whole.format(value) : UNKNOWN;
}

/** 804,608 is easier to compare as "0.8 million". */
export function formatParameters(count: number): string {
  if (!Number.isFinite(count)) return UNKNOWN;
  if (count >= 1e6) return `${oneDecimal.format(count / 1e6)} million`;
  if (count >= 1e4) return `${whole.format(count / 1e3)} thousand`;
  return whole.format(count);
}

export function formatLoss(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : UNKNOWN;
}

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return UNKNOWN;
  if (bytes < 1e3) return counted(bytes, 'byte');
  if (bytes < 1e6) return `${oneDecimal.format(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${oneDecimal.format(bytes / 1e6)} MB`;
  return `${oneDecimal.format(bytes / 1e9)} GB`;
}

export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return UNKNOWN;
  return perSecond < 100 ? oneDecimal.format(perSecond) : whole.format(perSecond);
}

/** A duration rounded to what matters: "8 s", "3 min 20 s", "1 h 5 min". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return UNKNOWN;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return withRest(`${minutes} min`, total % 60, 's');
  return withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}

function withRest(head: string, rest: number, unit: string): string {
  return rest === 0 ? head : `${head} ${rest} ${unit}`;
}

/** An estimate must not look like a measurement: two leading digits are enough. */
export function formatEstimate(seconds: number): string {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes} min`;
  return `about ${oneDecimal.format(seconds / 3600)} h`;
}
