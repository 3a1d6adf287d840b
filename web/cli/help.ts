// Help that fits the terminal it is read on.

import type { Command, Help } from 'commander';
import { put, tell } from './terminal.ts';

/** Where there is no terminal. */
const USUAL_WIDTH = 80;

/** A description narrower than this is hard to read, so it goes below its flag. */
const NARROWEST = 36;
const INDENT = 6;

export function configureHelp(program: Command): Command {
  return program
    .configureHelp({ minWidthToWrap: 1, formatItem })
    .configureOutput({
      writeOut: put,
      writeErr: tell,
      getOutHelpWidth: helpWidth,
      outputError: (text, write) => write(oneLine(text)),
    })
    .addHelpText('after', () => `\n${wrapped(program, SPELLING)}`);
}

const SPELLING = 'In flags, dashes and underscores mean the same: --max-steps is --max_steps.';

function wrapped(program: Command, text: string): string {
  const help = program.createHelp();
  help.minWidthToWrap = 1;
  return help.boxWrap(text, helpWidth());
}

/** Some terminals say that they have no columns at all. */
function helpWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || USUAL_WIDTH;
}

/** A flag and beside it, or on a narrow terminal below it, what it does. */
function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const width = helpWidth();
  const beside = width - termWidth - 4;
  if (beside >= NARROWEST) return hanging(`  ${term.padEnd(termWidth)}  `, description, beside, helper);
  return `  ${term}\n${hanging(' '.repeat(INDENT), description, width - INDENT, helper)}`;
}

function hanging(start: string, text: string, width: number, helper: Help): string {
  return (start + helper.boxWrap(text, width).replaceAll('\n', `\n${' '.repeat(start.length)}`)).trimEnd();
}

/** Commander's "error: …" and its guess on a second line, as the sentences of everything else look. */
function oneLine(text: string): string {
  return `mini-llm: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')}\n`;
}
