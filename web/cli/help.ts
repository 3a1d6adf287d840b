// Fits help to the width of the terminal.

import type { Command, Help, Option } from 'commander';
import { print, sayText } from './terminal.ts';

/** The width without a terminal. */
const DEFAULT_WIDTH = 80;

/** If a description has less room than this beside its flag, it goes below. */
const MIN_WIDTH = 36;
const INDENT = 6;

export function configureHelp(program: Command): Command {
  return program
    .configureHelp({ minWidthToWrap: 1, formatItem, optionDescription })
    .configureOutput({
      writeOut: print,
      writeErr: sayText,
      getOutHelpWidth: helpWidth,
      outputError: (text, write) => write(oneLine(text)),
    })
    .addHelpText('after', () => `\n${wrapped(program, SPELLING)}`);
}

const SPELLING = 'Dashes and underscores in flags are equivalent: --max-steps is --max_steps.';

function wrapped(program: Command, text: string): string {
  const help = program.createHelp();
  help.minWidthToWrap = 1;
  return help.boxWrap(text, helpWidth());
}

/** Some terminals report 0 columns. */
function helpWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || DEFAULT_WIDTH;
}

/** Appends the default in brackets, as in the table of options; descriptions already list the choices. */
function optionDescription({ description, defaultValue }: Option): string {
  return defaultValue === undefined ? description : `${description} [${String(defaultValue)}]`;
}

/** A flag and its description, which goes below the flag on a narrow terminal. */
function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const width = helpWidth();
  const beside = width - termWidth - 4;
  if (beside >= MIN_WIDTH) return hanging(`  ${term.padEnd(termWidth)}  `, description, beside, helper);
  return `  ${term}\n${hanging(' '.repeat(INDENT), description, width - INDENT, helper)}`;
}

function hanging(start: string, text: string, width: number, helper: Help): string {
  return (start + helper.boxWrap(text, width).replaceAll('\n', `\n${' '.repeat(start.length)}`)).trimEnd();
}

/** Joins Commander's error and its suggestion into one line, like all other messages. */
function oneLine(text: string): string {
  return `mini-llm: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')}\n`;
}
