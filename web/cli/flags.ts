// The command line's flags, made from the table of options.

import { Option, type Command } from 'commander';
import {
  isOptionName,
  optionSpec,
  optionsOf,
  type OptionGroup,
  type OptionName,
  type Options,
  type OptionSpec,
} from '../engine/options.ts';
import { CoreCrash, sentence } from '../engine/errors.ts';
import { OptionError, optionText, parseOption } from '../engine/validate.ts';
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

function helpOf(spec: OptionSpec): string {
  const choices = spec.choices ? ` (${spec.choices.join(', ')})` : '';
  const repeat = spec.type === 'strings' ? '; give the flag once for each' : '';
  return `${spec.help}${repeat}${choices} [${optionText(spec.default) || 'empty'}]`;
}

function flagOf(spec: OptionSpec): Option {
  if (spec.type === 'bool') return new Option(`--${spec.name}`, helpOf(spec));
  const flag = new Option(`--${spec.name} <${PLACEHOLDERS[spec.type]}>`, helpOf(spec));
  return spec.type === 'strings' ? flag.argParser(another) : flag;
}

/** A flag that may be given several times. */
function another(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Adds a flag for every option of these groups, and for some more by name. */
export function addFlags(
  command: Command,
  groups: readonly OptionGroup[],
  more: readonly OptionName[] = [],
): void {
  const rows = [...optionsOf(...groups), ...more.map(optionSpec)];
  for (const spec of rows) {
    const group = spec.groups.find((g) => groups.includes(g)) ?? spec.groups[0];
    command.addOption(flagOf(spec).helpGroup(HEADINGS[group]));
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
      given[name] = typeof value === 'boolean' ? value : parseOption(name, value as string | string[]);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      wrong.push(`--${error.message}`);
    }
  }
  if (wrong.length > 0) throw new Failure(wrong.join(' '), EXIT.usage);
  return given;
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
