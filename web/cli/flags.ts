// The command line's flags, made from the table of options.

import { Option, type Command } from 'commander';
import { isOptionName, optionSpec, optionsOf, type OptionGroup, type OptionName, type Options, type OptionSpec, type OptionType } from '../engine/options.ts';
import { CoreCrash, sentence } from '../engine/errors.ts';
import { OptionError, optionText, parseOption, unescaped } from '../engine/validate.ts';
import { EXIT, Failure } from './exit.ts';

const HEADINGS: Readonly<Record<OptionGroup, string>> = {
  model: 'The model:',
  train: 'Training:',
  finetune: 'With --init_from:',
  sample: 'Generation:',
  run: 'This run:',
};

const PLACEHOLDERS = {
  int: 'N',
  float: 'X',
  string: 'TEXT',
  strings: 'TEXT',
  choice: 'NAME',
  bool: '',
} as const;

/** What only a command line has to say of a type. */
const REMARKS: Readonly<Partial<Record<OptionType, string>>> = {
  string: String.raw`; in it \n is a line feed and \\ a backslash`,
  strings: '; give the flag once for each',
};

function helpOf(spec: OptionSpec, unlessGiven = optionText(spec.default) || 'empty'): string {
  const choices = spec.choices ? ` (${spec.choices.join(', ')})` : '';
  return `${spec.help}${REMARKS[spec.type] ?? ''}${choices} [${unlessGiven}]`;
}

function flagOf(spec: OptionSpec, unlessGiven?: string): Option {
  const help = helpOf(spec, unlessGiven);
  if (spec.type === 'bool') return new Option(`--${spec.name}`, help);
  const flag = new Option(`--${spec.name} <${PLACEHOLDERS[spec.type]}>`, help);
  return spec.type === 'strings' ? flag.argParser(another) : flag;
}

/** A flag that may be given several times. */
function another(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Adds a flag for every option of these groups, and for some more by name; `unlessGiven` describes other defaults. */
export function addFlags(
  command: Command,
  groups: readonly OptionGroup[],
  more: readonly OptionName[] = [],
  unlessGiven: Readonly<Partial<Record<OptionName, string>>> = {},
): void {
  const rows = [...optionsOf(...groups), ...more.map((name) => ({ ...optionSpec(name), name }))];
  for (const spec of rows) {
    const group = spec.groups.find((g) => groups.includes(g)) ?? spec.groups[0];
    command.addOption(flagOf(spec, unlessGiven[spec.name]).helpGroup(HEADINGS[group]));
    // A switch that is on by default needs a way to switch it off.
    if (spec.type === 'bool' && spec.default === true)
      command.addOption(
        new Option(`--no-${spec.name}`, `switch ${spec.name} off`).helpGroup(HEADINGS[group]),
      );
  }
}

/** What was given on the command line, as typed values; throws a usage Failure with every problem. */
export function givenOptions(raw: Readonly<Record<string, unknown>>): Partial<Options> {
  const given: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (!isOptionName(name)) continue;
    try {
      given[name] =
        typeof value === 'boolean' ? value : parseOption(name, flagText(name, value as string | string[]));
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      wrong.push(`--${error.message}`);
    }
  }
  if (wrong.length > 0) throw new Failure(wrong.join(' '), EXIT.usage);
  return given;
}

/** Shells make line feeds hard to type, so \n stands for one, as in lists of texts. */
function flagText(name: OptionName, text: string | string[]): string | string[] {
  return optionSpec(name).type === 'string' ? unescaped(text as string) : text;
}

/** Runs what reads a file's content; what the core has against it is told with the file's name. */
export function aboutFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OptionError || error instanceof CoreCrash) throw error;
    throw new Failure(`${file}: ${sentence(error)}`, EXIT.error, error);
  }
}

/** What the user can put right on the command line is a usage error. */
export function usage(error: unknown): unknown {
  return error instanceof OptionError ? new Failure(error.message, EXIT.usage, error) : error;
}

/** Runs a check of the engine's, whose problems are usage errors. */
export function asUsage<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw usage(error);
  }
}
