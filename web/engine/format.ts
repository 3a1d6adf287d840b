// Numbers as people read them, on the page and on the command line. What is not known yet (null, NaN, infinity) is an en
// dash, so that a place on the screen never jumps or says "NaN". The command line and everything in the engine use English;
// the page makes the same formats for its language.

const UNKNOWN = '–';

/** A number, or null where it is not known yet. */
type Known = number | null | undefined;

/** Forms of a phrase for the plural categories of a language; # stands for the number. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** What Intl does not know about a language; # stands for the number. */
export interface FormatWords {
  readonly byte: PluralForms;
  readonly seconds: string;
  readonly minutes: string;
  readonly hours: string;
  readonly lessThanASecond: string;
  readonly aFewSeconds: string;
  /** # stands for a duration. */
  readonly about: string;
  readonly percent: string;
  /** # stands for a share. */
  readonly lessThan: string;
  readonly below: string;
  readonly above: string;
}

/** The formats of one language. */
export type Formats = ReturnType<typeof formatsIn>;

/** Numbers from here on do not fit between two ticks of an axis … */
const LONG_TICK = 100_000;
/** … and ticks at least this far apart are still distinct in compact form. */
const FAR_APART = 1000;

export function formatsIn(locale: string, words: FormatWords) {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  const whole = number({ maximumFractionDigits: 0 });
  const oneDecimal = number({ maximumFractionDigits: 1 });
  const thousands = number({ notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 0 });
  const millions = number({ notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 1 });
  const compact = number({ notation: 'compact', maximumFractionDigits: 3 });
  const threeDecimals = number({
    minimumFractionDigits: 3,
    maximumFractionDigits: 3,
    useGrouping: false,
  });
  const wholePercent = number({ style: 'percent', maximumFractionDigits: 0 });
  const probabilities = number({ style: 'percent', maximumSignificantDigits: 2 });
  const exactPercent = number({ style: 'percent', maximumFractionDigits: 2 });
  const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const dayAlone = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const rules = new Intl.PluralRules(locale);

  const fixedByDigits = new Map<number, Intl.NumberFormat>();
  /** Made once for each number of decimals, because making one takes longer than formatting with it. */
  function fixed(digits: number): Intl.NumberFormat {
    const known = fixedByDigits.get(digits);
    if (known) return known;
    const made = number({ minimumFractionDigits: digits, maximumFractionDigits: digits });
    fixedByDigits.set(digits, made);
    return made;
  }

  const filled = (pattern: string, value: string) => pattern.replace('#', () => value);
  /** One decimal below 10, so that two digits tell 1.2 from 1.9. */
  const twoDigits = (value: number) => (value < 10 ? oneDecimal : whole).format(value);
  /** "3 min 20 s"; a rest of 0 is left out. */
  const withRest = (head: string, rest: number, unit: string) =>
    rest === 0 ? head : `${head} ${filled(unit, whole.format(rest))}`;

  /** "1 step", "1,000 steps": the form for this number, with the number in it. */
  function plural(n: number, forms: PluralForms): string {
    return filled(forms[rules.select(n)] ?? forms.other, whole.format(n));
  }

  function bytes(value: Known): string {
    if (!isKnown(value)) return UNKNOWN;
    if (value < 1e3) return plural(value, words.byte);
    if (value < 1e6) return `${twoDigits(value / 1e3)} kB`;
    if (value < 1e9) return `${twoDigits(value / 1e6)} MB`;
    return `${oneDecimal.format(value / 1e9)} GB`;
  }

  /** A duration rounded to what matters: "8 s", "3 min 20 s", "25 min", "1 h 5 min". */
  function duration(seconds: Known): string {
    if (!isKnown(seconds) || seconds < 0) return UNKNOWN;
    const total = Math.round(seconds);
    if (total === 0 && seconds > 0) return words.lessThanASecond;
    if (total < 60) return filled(words.seconds, whole.format(total));
    const inMinutes = Math.floor(total / 60);
    const minutes = filled(words.minutes, whole.format(inMinutes));
    if (inMinutes < 10) return withRest(minutes, total % 60, words.seconds);
    if (inMinutes < 60) return minutes;
    const hours = filled(words.hours, whole.format(Math.floor(inMinutes / 60)));
    return withRest(hours, inMinutes % 60, words.minutes);
  }

  /** An estimate must not look like a measurement: two leading digits are enough. */
  function estimate(seconds: Known): string {
    if (!isKnown(seconds)) return UNKNOWN;
    if (seconds < 10) return words.aFewSeconds;
    const about = (value: string, unit: string) => filled(words.about, filled(unit, value));
    if (seconds < 55) return about(whole.format(Math.round(seconds / 5) * 5), words.seconds);
    const minutes = Math.max(1, Math.round(seconds / 60));
    if (minutes < 60) return about(whole.format(minutes), words.minutes);
    return about(oneDecimal.format(seconds / 3600), words.hours);
  }

  /** 804,608 is easier to compare as "805 thousand". */
  function parameters(count: Known): string {
    if (!isKnown(count)) return UNKNOWN;
    if (count >= 1e6) return millions.format(count);
    return (count >= 1e4 ? thousands : whole).format(count);
  }

  function rate(perSecond: Known): string {
    if (!isKnown(perSecond) || perSecond <= 0) return UNKNOWN;
    return (perSecond < 100 ? oneDecimal : whole).format(perSecond);
  }

  /** "34%", "0.12%"; "below 0.01%" is as small as it gets. */
  function probability(share: number): string {
    if (share > 0 && share < 0.0001) return filled(words.below, exactPercent.format(0.0001));
    if (share > 0.995 && share < 1) return filled(words.above, exactPercent.format(0.995));
    return probabilities.format(share);
  }

  /** Labels of an axis, with as many decimals as the step between two ticks has, so that no two labels are equal. */
  function tickLabels(ticks: readonly number[], step: number): string[] {
    const decimals = decimalsOf(step);
    return ticks.map((tick) =>
      (Math.abs(tick) >= LONG_TICK && step >= FAR_APART ? compact : fixed(decimals)).format(tick),
    );
  }

  /** With a fixed number of decimals. */
  function decimal(value: number, digits: number): string {
    return fixed(digits).format(value);
  }

  return {
    plural,
    bytes,
    duration,
    estimate,
    parameters,
    rate,
    probability,
    tickLabels,
    decimal,
    count: (value: Known): string => (isKnown(value) ? whole.format(value) : UNKNOWN),
    loss: (value: Known): string => (isKnown(value) ? threeDecimals.format(value) : UNKNOWN),
    /** A moment, given in milliseconds since 1970, in the local time: "Nov 26, 2026, 2:05 PM". */
    time: (ms: number): string => dayAndTime.format(ms),
    /** The same without the time of day. */
    day: (ms: number): string => dayAlone.format(ms),
    /** A share from 0 to 1: "43%". */
    roundPercent: (share: number): string =>
      share > 0 && share < 0.01
        ? filled(words.lessThan, wholePercent.format(0.01))
        : wholePercent.format(share),
    /** A share with a fixed number of decimals: "42.5 %". */
    percent: (share: number, digits = 0): string => filled(words.percent, decimal(100 * share, digits)),
  };
}

function isKnown(value: Known): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function decimalsOf(step: number): number {
  const [digits = '', exponent = '0'] = step.toString().split('e');
  const after = digits.split('.')[1]?.length ?? 0;
  return Math.min(20, Math.max(0, after - Number(exponent)));
}

export const ENGLISH: Formats = formatsIn('en', {
  byte: { one: '# byte', other: '# bytes' },
  seconds: '# s',
  minutes: '# min',
  hours: '# h',
  lessThanASecond: 'less than 1 s',
  aFewSeconds: 'a few seconds',
  about: 'about #',
  percent: '# %',
  lessThan: 'Less than #',
  below: 'below #',
  above: 'above #',
});

export const {
  count: formatCount,
  parameters: formatParameters,
  loss: formatLoss,
  bytes: formatBytes,
  rate: formatRate,
  duration: formatDuration,
  time: formatTime,
  day: formatDay,
  estimate: formatEstimate,
  roundPercent: formatPercent,
  probability: formatProbability,
  percent,
  tickLabels,
} = ENGLISH;

/** "1 byte", "2 bytes", "1,000 bytes". */
export function counted(n: number, noun: string): string {
  return ENGLISH.plural(n, { one: `# ${noun}`, other: `# ${noun}s` });
}

/** The first digits of a hash, for messages. */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 12)}…`;
}
