// Dashes and underscores mean the same in a flag: --max-steps is --max_steps, --no_cache is --no-cache.

import type { Command } from 'commander';

/** argv with every known flag in the spelling it was declared with; values and unknown words stay as they are. */
export function canonicalArgv(argv: readonly string[], program: Command): string[] {
  const known = knownFlags(program);
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

function knownFlags(program: Command): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const command of [program, ...program.commands])
    for (const option of command.options)
      if (option.long) known.set(plain(option.long), { flag: option.long, takesValue: option.required });
  return known;
}

function plain(flag: string): string {
  return flag.slice(2).replaceAll('-', '_');
}

function splitAtEquals(word: string): [flag: string, rest: string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at)];
}
