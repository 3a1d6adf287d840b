// Which builds are measured, with how many threads.

import type { Options } from '../options.ts';
import { BUILT_VARIANTS, chooseVariant, needs, probe, runsWith, type Variant } from '../variants.ts';
import { OptionError } from '../validate.ts';

export interface Setting {
  variant: Variant;
  threads: number;
}

export interface WantedSettings extends Pick<Options, 'variant' | 'reproducible'> {
  /** With variant "auto": every build that runs here, or only the one that would be chosen. */
  builds: 'all' | 'chosen';
  /** Numbers of threads; by default one, and as many as are useful. */
  counts?: readonly number[];
}

/** Throws a sentence if none of the wanted settings can run here. */
export function settingsFor(wanted: WantedSettings, cores: number): Setting[] {
  const { variant, counts } = wanted;
  if (variant !== 'auto' && !isThreaded(variant) && counts?.some((n) => n > 1))
    throw new OptionError(
      `The ${variant} build runs on one thread, so threads ${counts.join(',')} cannot be measured.`,
    );
  const settings = variantsFor(wanted, cores).flatMap((v) => {
    const most = chooseVariant({ ...wanted, variant: v, threads: 0 }, { cores }).threads;
    const fitting = (counts ?? [1, most]).filter((n) => n === 1 || isThreaded(v));
    return [...new Set(fitting)].map((threads) => ({ variant: v, threads }));
  });
  if (settings.length === 0)
    throw new OptionError(
      `No build that runs here has threads, so threads ${(counts ?? []).join(',')} cannot be measured.`,
    );
  return settings;
}

function variantsFor({ variant, reproducible, builds }: WantedSettings, cores: number): Variant[] {
  if (variant !== 'auto' || builds === 'chosen')
    return [chooseVariant({ variant, reproducible, threads: 0 }, { cores }).variant];
  const here = probe();
  return BUILT_VARIANTS.filter((v) => runsWith(v, here) && !(reproducible && needs(v, 'relaxed')));
}

function isThreaded(variant: Variant): boolean {
  return needs(variant, 'threads');
}
