// A recipe as people pass it on: as a command line, as JSON, or as the fragment of a link.

import { defaults, optionSpec, type OptionName, type Options } from './options.ts';
import { DEFAULT_PRESET, PRESETS, finetuneRates, presetOptions, type PresetName } from './presets.ts';
import {
  CHANGEABLE,
  RECIPE_OPTIONS,
  difference,
  parseRecipe,
  picked,
  recipeOptions,
  type Recipe,
} from './recipe.ts';
import { OptionError, optionText, parseOption } from './validate.ts';

/** Stand-ins for the files of the command, which a recipe does not know. */
const FILES = { text: 'text.txt', base: 'base.safetensors', model: 'model.safetensors' };

/** The commands that repeat the run, one a line: the first begins it, each further one is a change during the run. */
export function recipeCommands(recipe: Recipe): string[] {
  const { changes = [] } = recipe;
  const command = (i: number, start: readonly string[]): string => {
    const next = changes[i];
    const stop = next && next.extended !== true ? ['--stop_at_step', String(next.step)] : [];
    const out = changes.length > 0 ? ['--out', FILES.model] : [];
    return ['npx mini-llm train', FILES.text, ...start, ...stop, ...(i === 0 ? out : [])].join(' ');
  };
  return [
    command(0, startFlags(recipe)),
    ...changes.map(({ options }, i) => command(i + 1, ['--resume', FILES.model, ...flags(options)])),
  ];
}

function startFlags({ options, corpus_bytes, base_sha256 }: Recipe): string[] {
  const { lr } = options;
  if (base_sha256 !== undefined) {
    const usual = { ...defaults(), ...finetuneRates(lr === undefined ? {} : { lr }) };
    const own = difference(CHANGEABLE, usual, options);
    // The other rates follow from lr, so it is always given.
    return ['--init_from', FILES.base, ...flags({ ...(lr === undefined ? {} : { lr }), ...own })];
  }
  const [preset, changed] = nearestPreset(options, corpus_bytes);
  return [...(preset === DEFAULT_PRESET ? [] : ['--preset', preset]), ...flags(changed)];
}

/** The preset with the fewest other options. */
export function nearestPreset(options: Partial<Options>, bytes?: number): [PresetName, Partial<Options>] {
  return PRESETS.map(({ name }): [PresetName, Partial<Options>] => [
    name,
    difference(RECIPE_OPTIONS, presetOptions(name, bytes), options),
  ]).reduce((best, other) => (size(other[1]) < size(best[1]) ? other : best));
}

function size(options: Partial<Options>): number {
  return Object.keys(options).length;
}

function flags(options: Partial<Options>): string[] {
  return Object.entries(inOrder(options)).flatMap(([name, value]) => {
    if (optionSpec(name as OptionName).type === 'bool')
      return [value === true ? `--${name}` : `--no-${name}`];
    return [`--${name}`, optionText(value)];
  });
}

/** The recipe as a file. */
export function recipeJson(recipe: Recipe): string {
  const { version, corpus_sha256, corpus_bytes, base_sha256, options, changes } = recipe;
  const ordered = { version, corpus_sha256, corpus_bytes, base_sha256, options: inOrder(options), changes };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

/** The options in the order of the table. */
function inOrder(options: Partial<Options>): Partial<Options> {
  return picked(RECIPE_OPTIONS, options);
}

const FRAGMENT = '#recipe?';

/** The fragment of a link to the page, which browsers do not send anywhere. It has the options of the run's end. */
export function recipeFragment(recipe: Recipe): string {
  const { version, corpus_sha256, corpus_bytes, options } = recipe;
  const last = picked(Object.keys(inOrder(options)) as OptionName[], recipeOptions(recipe));
  const texts = Object.entries(last).map(([name, value]): [string, string] => [name, optionText(value)]);
  const fields = Object.entries({ version, corpus_sha256, corpus_bytes: String(corpus_bytes) });
  return `${FRAGMENT}${new URLSearchParams([...fields, ...texts]).toString()}`;
}

/** The recipe in the fragment of a link; undefined if it holds none. Throws OptionError if it is damaged. */
export function fragmentRecipe(fragment: string): Recipe | undefined {
  if (!fragment.startsWith(FRAGMENT)) return undefined;
  const { version, corpus_sha256, corpus_bytes, ...texts } = Object.fromEntries(
    new URLSearchParams(fragment.slice(FRAGMENT.length)),
  );
  const options = Object.entries(texts).map(([name, text]) => [name, optionOf(name, text)]);
  return parseRecipe({
    version,
    corpus_sha256,
    corpus_bytes: Number(corpus_bytes),
    options: Object.fromEntries(options) as unknown,
  });
}

function optionOf(name: string, text: string): unknown {
  if (RECIPE_OPTIONS.includes(name as OptionName)) return parseOption(name as OptionName, text);
  throw new OptionError(`The link has an option that this version of mini-llm does not know: ${name}.`);
}
