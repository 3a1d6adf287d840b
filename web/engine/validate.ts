// Checks each option value by itself. Each problem is a sentence that names the option, the value and what is allowed.
// Whether values fit each other is known to the core: see Engine.mismatches().

import { readInterval } from './interval.ts';
import { isPlainNumber, readNumber } from './numbers.ts';
import {
  OPTIONS,
  isOptionName,
  optionSpec,
  type OptionName,
  type Options,
  type OptionSpec,
} from './options.ts';

/** Thrown for values that the user can correct; the message is one or more sentences. */
export class OptionError extends Error {
  override name = 'OptionError';
}

/** How messages name an option: by its flag, or by its label on the page. */
export type Naming = (name: OptionName) => string;

const byName: Naming = (name) => name;

/** The sentences, here in English. `shown` is the value that was given. */
export const VALIDATION_TEXT = {
  empty: 'empty',
  range: (whole: boolean, min: number, max: number) =>
    `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`,
  rangeAbove: (whole: boolean, above: number, max: number) =>
    `${whole ? 'a whole number' : 'a number'} above ${above} and at most ${max}`,
  number: (called: string, range: string, shown: string) => `${called} must be ${range}, not ${shown}.`,
  ambiguous: (called: string, range: string, shown: string, one: number, other: number) =>
    `${called} must be ${range}, not ${shown}, which could be ${one} or ${other}; write ${one} or ${other}.`,
  bool: (called: string, shown: string) => `${called} must be true or false, not ${shown}.`,
  choice: (called: string, choices: readonly string[], shown: string) =>
    `${called} must be one of ${choices.join(', ')}, not ${shown}.`,
  string: (called: string, shown: string) => `${called} must be text, not ${shown}.`,
  interval: (called: string, shown: string) =>
    `${called} must be a number of steps, such as 100, or a time, such as 30s or 10min, not ${shown}.`,
  strings: (called: string, shown: string) => `${called} must be a list of texts, not ${shown}.`,
};

type Sentences = typeof VALIDATION_TEXT;

function rangeOf({ type, min = -Infinity, above, max = Infinity }: OptionSpec, say: Sentences): string {
  const whole = type === 'int';
  return above === undefined ? say.range(whole, min, max) : say.rangeAbove(whole, above, max);
}

function numberProblem(spec: OptionSpec, value: unknown, called: string, say: Sentences): string | undefined {
  const wanted = say.number(called, rangeOf(spec, say), show(value, say));
  if (typeof value !== 'number' || !Number.isFinite(value)) return wanted;
  if (spec.type === 'int' && !Number.isInteger(value)) return wanted;
  if (spec.min !== undefined && value < spec.min) return wanted;
  if (spec.above !== undefined && value <= spec.above) return wanted;
  if (spec.max !== undefined && value > spec.max) return wanted;
  return undefined;
}

function show(value: unknown, say: Sentences): string {
  if (typeof value === 'string') return value === '' ? say.empty : `"${value}"`;
  return String(value);
}

/** A sentence if the value is not allowed, otherwise undefined. */
export function valueProblem(
  name: OptionName,
  value: unknown,
  called: string = name,
  say: Sentences = VALIDATION_TEXT,
): string | undefined {
  const spec = optionSpec(name);
  const shown = show(value, say);
  switch (spec.type) {
    case 'int':
    case 'float':
      return numberProblem(spec, value, called, say);
    case 'bool':
      return typeof value === 'boolean' ? undefined : say.bool(called, shown);
    case 'choice':
      return spec.choices?.includes(value as string)
        ? undefined
        : say.choice(called, spec.choices ?? [], shown);
    case 'string':
      return typeof value === 'string' ? undefined : say.string(called, shown);
    case 'interval':
      return typeof value === 'string' && readInterval(value) ? undefined : say.interval(called, shown);
    case 'strings':
      return Array.isArray(value) && value.every((text) => typeof text === 'string')
        ? undefined
        : say.strings(called, shown);
  }
}

/** Text that is not a number stays text, so that the message can quote it. */
function parseNumber(spec: OptionSpec, text: string, called: string, say: Sentences): number | string {
  const read = readNumber(text, spec.type === 'int') ?? text;
  if (typeof read !== 'object') return read;
  throw new OptionError(say.ambiguous(called, rangeOf(spec, say), show(text, say), ...read.either));
}

/** Replaces \n by a line feed and \\ by a backslash. */
export function unescaped(text: string): string {
  return text.replace(/\\[n\\]/g, (code) => (code === '\\n' ? '\n' : '\\'));
}

/** Without empty texts. */
function textList(texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '').map(unescaped);
}

function parseValue(spec: OptionSpec, text: string, called: string, say: Sentences): unknown {
  const trimmed = text.trim();
  switch (spec.type) {
    case 'int':
    case 'float':
      return parseNumber(spec, text, called, say);
    case 'bool':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : text;
    case 'strings':
      return textList(text.split('\n'));
    case 'choice':
    case 'interval':
    case 'string':
      return text;
  }
}

/**
 * Parses the text of a flag or a control; throws OptionError with a sentence that names the option `called`. A list of
 * texts has one per line, or comes from a flag that was given several times.
 */
export function parseOption<N extends OptionName>(
  name: N,
  text: string | readonly string[],
  called: string = name,
  say: Sentences = VALIDATION_TEXT,
): Options[N] {
  const value = typeof text === 'string' ? parseValue(optionSpec(name), text, called, say) : textList(text);
  // The message quotes the text as typed: "1,5", not 1.5.
  const typed = typeof value === 'number' && typeof text === 'string' && !isPlainNumber(text) ? text : value;
  const problem = valueProblem(name, value, called, say) && valueProblem(name, typed, called, say);
  if (problem !== undefined) throw new OptionError(problem);
  return value as Options[N];
}

/** The text that parseOption reads as this value. */
export function optionText(value: Options[OptionName]): string {
  if (typeof value !== 'object') return String(value);
  return value.map((text) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')).join('\n');
}

/** Every value that is not allowed, as sentences. */
export function problems(options: Options, called: Naming = byName): string[] {
  return OPTIONS.flatMap(({ name }) => valueProblem(name, options[name], called(name)) ?? []);
}

/** A sentence of the core with each option called as `called` says. */
export function renamed(sentence: string, called: Naming): string {
  return sentence.replace(/\b[a-z]+\w*\b/g, (word) =>
    CALLED_IN_CORE.has(word) ? called(word as OptionName) : word,
  );
}

/** Names that the core's sentences use for options; those of one plain word, such as "seed", may be English there. */
const CALLED_IN_CORE = new Set(
  OPTIONS.map(({ name }) => name as string).filter((name) => /_|^(arch|lr)$/.test(name)),
);

/** `base` with these values laid over it; throws OptionError with a sentence for every value that is not allowed. */
export function checked(base: Options, values: Readonly<Record<string, unknown>> = {}): Options {
  const unknown = Object.keys(values).filter((name) => !isOptionName(name));
  if (unknown.length > 0) throw new OptionError(`There is no option called ${unknown.join(', ')}.`);
  const options = { ...base, ...values };
  const found = problems(options);
  if (found.length > 0) throw new OptionError(found.join(' '));
  return options;
}
