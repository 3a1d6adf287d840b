// Spellings of flags: --max-steps is --max_steps, --no_cache is --no-cache, and old names are still read.

import type { Command } from 'commander';

/** Renamed flags: old name, new name. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  recipes: 'presets',
  stop_at: 'stop_at_step',
};

/** Replaces every flag by the spelling that its command declares; values and unknown flags stay unchanged. */
export function canonicalArgv(argv: readonly string[], program: Command): string[] {
  const known = knownFlags(commandOf(argv, program));
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === '--') return [...out, ...argv.slice(i)];
    const [flag, rest] = splitAtEquals(word);
    const name = withUnderscores(flag);
    const match = word.startsWith('--') ? (known.get(name) ?? known.get(OLD_NAMES[name] ?? '')) : undefined;
    out.push(match ? match.flag + rest : word);
    // The next word is this flag's value, even if it looks like a flag.
    if (match?.takesValue && rest === '' && i + 1 < argv.length) out.push(argv[++i] as string);
  }
  return out;
}

interface Known {
  flag: string;
  takesValue: boolean;
}

/** The first word that is not a flag names the command. Commands may declare different flags of one name. */
function commandOf(argv: readonly string[], program: Command): Command {
  const name = argv.find((word) => !word.startsWith('-'));
  return program.commands.find((command) => command.name() === name) ?? program;
}

function knownFlags({ options }: Command): Map<string, Known> {
  return new Map(
    options.flatMap(({ long, required }) =>
      long ? [[withUnderscores(long), { flag: long, takesValue: required }] as const] : [],
    ),
  );
}

function withUnderscores(flag: string): string {
  return flag.slice(2).replaceAll('-', '_');
}

function splitAtEquals(word: string): [flag: string, rest: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at)];
}
