// Numbers as people read them, on the page and on the command line. What is not known yet (null, NaN, infinity) is an en
// dash, so that a place on the screen never jumps or says "NaN".

const UNKNOWN = '–';

/** A number, or null where it is not known yet. */
type Known = number | null | undefined;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 3 });

function isKnown(value: Known): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** One decimal below 10, so that two digits tell 1.2 from 1.9. */
function twoDigits(value: number): string {
  return (value < 10 ? oneDecimal : whole).format(value);
}

/** "1 byte", "2 bytes", "1,000 bytes". */
export function counted(n: number, noun: string): string {
  return `${whole.format(n)} ${n === 1 ? noun : `${noun}s`}`;
}

export function formatCount(value: Known): string {
  return isKnown(value) ? whole.format(value) : UNKNOWN;
}

/** 804,608 is easier to compare as "0.8 million". */
export function formatParameters(count: Known): string {
  if (!isKnown(count)) return UNKNOWN;
  if (count >= 1e6) return `${oneDecimal.format(count / 1e6)} million`;
  if (count >= 1e4) return `${whole.format(count / 1e3)} thousand`;
  return whole.format(count);
}

export function formatLoss(value: Known): string {
  return isKnown(value) ? value.toFixed(3) : UNKNOWN;
}

export function formatBytes(bytes: Known): string {
  if (!isKnown(bytes)) return UNKNOWN;
  if (bytes < 1e3) return counted(bytes, 'byte');
  if (bytes < 1e6) return `${twoDigits(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${twoDigits(bytes / 1e6)} MB`;
  return `${oneDecimal.format(bytes / 1e9)} GB`;
}

export function formatRate(perSecond: Known): string {
  if (!isKnown(perSecond) || perSecond <= 0) return UNKNOWN;
  return perSecond < 100 ? oneDecimal.format(perSecond) : whole.format(perSecond);
}

/** A duration rounded to what matters: "8 s", "3 min 20 s", "25 min", "1 h 5 min". */
export function formatDuration(seconds: Known): string {
  if (!isKnown(seconds) || seconds < 0) return UNKNOWN;
  const total = Math.round(seconds);
  if (total === 0 && seconds > 0) return 'less than 1 s';
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 10) return withRest(`${minutes} min`, total % 60, 's');
  if (minutes < 60) return `${minutes} min`;
  return withRest(`${Math.floor(minutes / 60)} h`, minutes % 60, 'min');
}

function withRest(head: string, rest: number, unit: string): string {
  return rest === 0 ? head : `${head} ${rest} ${unit}`;
}

const dayAndTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** A moment, given in milliseconds since 1970, in the local time: "Nov 26, 2026, 2:05 PM". */
export function formatTime(ms: number): string {
  return dayAndTime.format(ms);
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** The same without the time of day. */
export function formatDay(ms: number): string {
  return day.format(ms);
}

/** An estimate must not look like a measurement: two leading digits are enough. */
export function formatEstimate(seconds: Known): string {
  if (!isKnown(seconds)) return UNKNOWN;
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

const WHOLE_PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

/** A share from 0 to 1: "43%". */
export function formatPercent(share: number): string {
  return share > 0 && share < 0.01 ? 'Less than 1%' : WHOLE_PERCENT.format(share);
}

const PROBABILITY = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });

/** "34%", "0.12%"; "below 0.01%" is as small as it gets. */
export function formatProbability(share: number): string {
  if (share > 0 && share < 0.0001) return 'below 0.01%';
  if (share > 0.995 && share < 1) return 'above 99.5%';
  return PROBABILITY.format(share);
}

/** A share with a fixed number of decimals: "42.5 %". */
export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** The first digits of a hash, for messages. */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 12)}…`;
}
