// Dashes and underscores mean the same in a flag: --max-steps is --max_steps, --no_cache is --no-cache.

import type { Command } from 'commander';

/** argv with every flag of its command in the spelling it was declared with; values and unknown words stay as they are. */
export function canonicalArgv(argv: readonly string[], program: Command): string[] {
  const known = knownFlags(commandOf(argv, program));
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === '--') return [...out, ...argv.slice(i)];
    const [flag, rest] = splitAtEquals(word);
    const match = word.startsWith('--') ? known.get(plain(flag)) : undefined;
    out.push(match ? match.flag + rest : word);
    // The next word is this flag's value, whatever it looks like.
    if (match?.takesValue && rest === '' && i + 1 < argv.length) out.push(argv[++i] as string);
  }
  return out;
}

interface Known {
  flag: string;
  takesValue: boolean;
}

/** The first word that is no flag names the command; a flag of the same name may be another one elsewhere. */
function commandOf(argv: readonly string[], program: Command): Command {
  const name = argv.find((word) => !word.startsWith('-'));
  return program.commands.find((command) => command.name() === name) ?? program;
}

function knownFlags({ options }: Command): Map<string, Known> {
  return new Map(
    options.flatMap(({ long, required }) =>
      long ? [[plain(long), { flag: long, takesValue: required }] as const] : [],
    ),
  );
}

function plain(flag: string): string {
  return flag.slice(2).replaceAll('-', '_');
}

function splitAtEquals(word: string): [flag: string, rest: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at)];
}
