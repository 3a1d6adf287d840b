// Makes the flags of each command from the table of options.

import { Option, type Command } from 'commander';
import {
  isOptionName,
  optionSpec,
  optionsOf,
  type OptionGroup,
  type OptionName,
  type Options,
  type OptionSpec,
  type OptionType,
} from '../engine/options.ts';
import { CoreCrash, sentence } from '../engine/errors.ts';
import { OptionError, optionText, parseOption, unescaped } from '../engine/validate.ts';
import { EXIT, Failure } from './exit.ts';

export const HEADINGS: Readonly<Record<OptionGroup, string>> = {
  model: 'The model:',
  train: 'Training:',
  finetune: 'Fine-tuning (with --init_from):',
  sample: 'Generation:',
  run: 'Execution:',
};

const PLACEHOLDERS = {
  int: 'N',
  float: 'X',
  string: 'TEXT',
  strings: 'TEXT',
  choice: 'NAME',
  interval: 'N',
  bool: '',
} as const;

/** How to write values of a type on the command line. */
const REMARKS: Readonly<Partial<Record<OptionType, string>>> = {
  string: String.raw`; \n is a line feed and \\ a backslash`,
  strings: '; repeat the flag for several',
};

function helpOf(spec: OptionSpec, byDefault = optionText(spec.default) || 'empty'): string {
  const choices = spec.choices ? ` (${spec.choices.join(', ')})` : '';
  return `${spec.help}${REMARKS[spec.type] ?? ''}${choices} [${byDefault}]`;
}

function flagOf(spec: OptionSpec, byDefault?: string): Option {
  const help = helpOf(spec, byDefault);
  if (spec.type === 'bool') return new Option(`--${spec.name}`, help);
  const flag = new Option(`--${spec.name} <${PLACEHOLDERS[spec.type]}>`, help);
  return spec.type === 'strings' ? flag.argParser(append) : flag;
}

/** Collects the values of a repeated flag. */
function append(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Adds a flag for every option of these groups and for `more`; `defaultTexts` describes defaults that the table lacks. */
export function addFlags(
  command: Command,
  groups: readonly OptionGroup[],
  more: readonly OptionName[] = [],
  defaultTexts: Readonly<Partial<Record<OptionName, string>>> = {},
): void {
  const rows = [...optionsOf(...groups), ...more.map((name) => ({ ...optionSpec(name), name }))];
  for (const spec of rows) {
    const group = spec.groups.find((g) => groups.includes(g)) ?? spec.groups[0];
    command.addOption(flagOf(spec, defaultTexts[spec.name]).helpGroup(HEADINGS[group]));
    // A switch that is on by default also needs a flag to turn it off.
    if (spec.type === 'bool' && spec.default === true)
      command.addOption(new Option(`--no-${spec.name}`, `turn ${spec.name} off`).helpGroup(HEADINGS[group]));
  }
}

/** Parses the given flags into values; throws a usage error that lists every invalid one. */
export function givenOptions(raw: Readonly<Record<string, unknown>>): Partial<Options> {
  const given: Record<string, unknown> = {};
  const invalid: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (!isOptionName(name)) continue;
    try {
      given[name] =
        typeof value === 'boolean' ? value : parseOption(name, flagText(name, value as string | string[]));
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      invalid.push(`--${error.message}`);
    }
  }
  if (invalid.length > 0) throw new Failure(invalid.join(' '), EXIT.usage);
  return given;
}

/** Line feeds are hard to type in a shell, so \n stands for one. */
function flagText(name: OptionName, text: string | string[]): string | string[] {
  return optionSpec(name).type === 'string' ? unescaped(text as string) : text;
}

/** Calls `read` and puts the file's name before the core's error message. */
export function withFileName<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OptionError || error instanceof CoreCrash) throw error;
    throw new Failure(`${file}: ${sentence(error)}`, EXIT.error, error);
  }
}

/** Turns an invalid option into a usage error; returns other errors unchanged. */
export function usageError(error: unknown): unknown {
  return error instanceof OptionError ? new Failure(error.message, EXIT.usage, error) : error;
}

/** Calls `check`, whose invalid options are usage errors. */
export function withUsageErrors<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw usageError(error);
  }
}
