// Checks of option values: one option at a time, then those that must fit each other. Each problem is a
// sentence that names the option, the value and what would be right.

import { keyValueHeads } from './convert.ts';
import { isPlainNumber, readNumber, type Ambiguous } from './numbers.ts';
import {
  OPTIONS,
  isOptionName,
  optionSpec,
  type OptionName,
  type Options,
  type OptionSpec,
} from './options.ts';

/** Thrown for values that the user can put right: the message is one or more sentences. */
export class OptionError extends Error {
  override name = 'OptionError';
}

/** What a person knows an option by: its name as a flag, or its label on the page. */
export type Naming = (name: OptionName) => string;

const byName: Naming = (name) => name;

function rangeOf(spec: OptionSpec): string {
  const kind = spec.type === 'int' ? 'a whole number' : 'a number';
  return `${kind} from ${String(spec.min)} to ${String(spec.max)}`;
}

function numberProblem(spec: OptionSpec, value: unknown, called: string): string | undefined {
  const wanted = `${called} must be ${rangeOf(spec)}, not ${show(value)}.`;
  if (typeof value !== 'number' || !Number.isFinite(value)) return wanted;
  if (spec.type === 'int' && !Number.isInteger(value)) return wanted;
  if (spec.min !== undefined && value < spec.min) return wanted;
  if (spec.max !== undefined && value > spec.max) return wanted;
  return undefined;
}

function show(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty' : `"${value}"`;
  return String(value);
}

/** A sentence if the value is not one that the option can take, otherwise undefined. */
export function valueProblem(name: OptionName, value: unknown, called: string = name): string | undefined {
  const spec = optionSpec(name);
  switch (spec.type) {
    case 'int':
    case 'float':
      return numberProblem(spec, value, called);
    case 'bool':
      return typeof value === 'boolean' ? undefined : `${called} must be true or false, not ${show(value)}.`;
    case 'choice':
      return spec.choices?.includes(value as string)
        ? undefined
        : `${called} must be one of ${(spec.choices ?? []).join(', ')}, not ${show(value)}.`;
    case 'string':
      return typeof value === 'string' ? undefined : `${called} must be text, not ${show(value)}.`;
    case 'strings':
      return Array.isArray(value) && value.every((text) => typeof text === 'string')
        ? undefined
        : `${called} must be a list of texts, not ${show(value)}.`;
  }
}

/** Text that is no number stays text, so that the message can repeat it. */
function numberMeant(spec: OptionSpec, text: string, called: string): number | string {
  const read = readNumber(text, spec.type === 'int') ?? text;
  if (typeof read !== 'object') return read;
  throw new OptionError(`${called} must be ${rangeOf(spec)}, not ${show(text)}, ${readings(read)}.`);
}

function readings({ either: [grouped, decimal] }: Ambiguous): string {
  return `which could be ${grouped} or ${decimal}; write ${grouped} or ${decimal}`;
}

/** A text in which \n is a line feed and \\ a backslash. */
export function unescaped(text: string): string {
  return text.replace(/\\[n\\]/g, (code) => (code === '\\n' ? '\n' : '\\'));
}

/** Texts that are empty say nothing. */
function listOf(texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '').map(unescaped);
}

function meaning(spec: OptionSpec, text: string, called: string): unknown {
  const trimmed = text.trim();
  switch (spec.type) {
    case 'int':
    case 'float':
      return numberMeant(spec, text, called);
    case 'bool':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : text;
    case 'strings':
      return listOf(text.split('\n'));
    case 'choice':
    case 'string':
      return text;
  }
}

/**
 * Text from a flag, a control or a link as the option's value; throws OptionError, whose sentence calls the option
 * `called`. A list of texts comes one a line, or from a flag that was given several times.
 */
export function parseOption<N extends OptionName>(
  name: N,
  text: string | readonly string[],
  called: string = name,
): Options[N] {
  const value = typeof text === 'string' ? meaning(optionSpec(name), text, called) : listOf(text);
  // Told as typed: "1,5" where 1.5 is not right.
  const typed = typeof value === 'number' && typeof text === 'string' && !isPlainNumber(text) ? text : value;
  const problem = valueProblem(name, value, called) && valueProblem(name, typed, called);
  if (problem !== undefined) throw new OptionError(problem);
  return value as Options[N];
}

/** The text that parseOption reads as this value. */
export function optionText(value: Options[OptionName]): string {
  if (typeof value !== 'object') return String(value);
  return value.map((text) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')).join('\n');
}

function mismatches(o: Options, called: Naming): string[] {
  const found: string[] = [];
  const [width, heads] = [called('n_embd'), called('n_head')];
  if (o.n_embd % o.n_head !== 0)
    found.push(
      `${width} must be a multiple of ${heads}, but ${o.n_embd} is not a multiple of ${o.n_head}; ` +
        `try ${width} ${nearestMultiple(o.n_embd, o.n_head)} or ${heads} ${nearestDivisor(o.n_embd, o.n_head)}.`,
    );
  found.push(...headMismatches(o, called));
  const [first, last] = [called('lr'), called('min_lr')];
  if (o.min_lr > o.lr)
    found.push(
      `${last} (${o.min_lr}) must not be above ${first} (${o.lr}); training goes from ${first} to ${last}.`,
    );
  return found;
}

function headMismatches(o: Options, called: Naming): string[] {
  const kv_heads = keyValueHeads(o);
  const [width, heads, kvHeads] = [called('n_embd'), called('n_head'), called('n_kv_head')];
  if (o.arch === 'gpt2')
    return kv_heads === o.n_head
      ? []
      : [
          `${kvHeads} must be 0 for gpt2, whose heads all have keys and values of their own, not ${kv_heads}; ` +
            `or choose ${called('arch')} qwen3.`,
        ];
  const found: string[] = [];
  if (o.n_head % kv_heads !== 0)
    found.push(
      `${kvHeads} must divide ${heads}, but ${o.n_head} is not a multiple of ${kv_heads}; ` +
        `try ${kvHeads} ${nearestDivisor(o.n_head, kv_heads)}.`,
    );
  if (o.n_embd % o.n_head === 0 && (o.n_embd / o.n_head) % 2 !== 0)
    found.push(
      `With qwen3 ${width} must be a multiple of twice ${heads}, because its positions turn pairs of numbers, but ` +
        `${o.n_embd} is not a multiple of ${2 * o.n_head}; try ${width} ${nearestMultiple(o.n_embd, 2 * o.n_head)}.`,
    );
  return found;
}

function nearestMultiple(n: number, of: number): number {
  return Math.max(of, Math.round(n / of) * of);
}

function nearestDivisor(of: number, near: number): number {
  let best = 1;
  for (let d = 1; d <= of && d <= 64; d++)
    if (of % d === 0 && Math.abs(d - near) < Math.abs(best - near)) best = d;
  return best;
}

/** Every problem of a set of values, as sentences; empty if they can be used together. */
export function problems(options: Options, called: Naming = byName): string[] {
  const single = OPTIONS.map(({ name }) => valueProblem(name, options[name], called(name))).filter(
    (p): p is string => p !== undefined,
  );
  return single.length > 0 ? single : mismatches(options, called);
}

/** The defaults with these values laid over them, checked; throws OptionError with every problem. */
export function checked(base: Options, values: Readonly<Record<string, unknown>> = {}): Options {
  const unknown = Object.keys(values).filter((name) => !isOptionName(name));
  if (unknown.length > 0) throw new OptionError(`There is no option called ${unknown.join(', ')}.`);
  const options = { ...base, ...values };
  const found = problems(options);
  if (found.length > 0) throw new OptionError(found.join(' '));
  return options;
}
