// Numbers as people read them, on the page and in the terminal. A number that is not known (null, NaN, infinity)
// is an en dash.

import { counted } from './words.ts';

export const UNKNOWN = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 3 });

export function formatCount(value: number): string {
  return Number.isFinite(value) ? whole.format(value) : UNKNOWN;
}

/** "0.8 million" is easier to compare than 804,608. */
export function formatParameters(count: number): string {
  if (!Number.isFinite(count)) return UNKNOWN;
  if (count >= 1e6) return `${oneDecimal.format(count / 1e6)} million`;
  if (count >= 1e4) return `${whole.format(count / 1e3)} thousand`;
  return whole.format(count);
}

export function formatLoss(loss: number | null): string {
  return loss === null || !Number.isFinite(loss) ? UNKNOWN : loss.toFixed(3);
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

/** "8 s", "3 min 20 s", "25 min", "1 h 5 min". */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return UNKNOWN;
  const total = Math.round(seconds);
  if (total < 1) return 'under 1 s';
  if (total < 60) return `${total} s`;
  if (total < 600) return withRest(`${Math.floor(total / 60)} min`, total % 60, 's');
  const minutes = Math.round(total / 60);
  return minutes < 60 ? `${minutes} min` : withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}

function withRest(head: string, rest: number, unit: string): string {
  return rest === 0 ? head : `${head} ${rest} ${unit}`;
}

/** Rounded, so that an estimate does not look like a measurement. */
export function formatEstimate(seconds: number): string {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes} min`;
  return `about ${oneDecimal.format(seconds / 3600)} h`;
}

/** Numbers from here on do not fit between two ticks of an axis … */
const LONG_TICK = 100_000;
/** … and ticks at least this far apart are still distinct in compact form. */
const FAR_APART = 1000;

/** Labels of an axis, with as many decimals as the step between two ticks has, so that no two labels are equal. */
export function tickLabels(ticks: readonly number[], step: number): string[] {
  const decimals = decimalsOf(step);
  return ticks.map((tick) =>
    Math.abs(tick) >= LONG_TICK && step >= FAR_APART
      ? compact.format(tick)
      : tick.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  );
}

function decimalsOf(step: number): number {
  const [digits = '', exponent = '0'] = step.toString().split('e');
  const after = digits.split('.')[1]?.length ?? 0;
  return Math.min(20, Math.max(0, after - Number(exponent)));
}
