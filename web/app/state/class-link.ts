// A link that opens the page as a teacher has prepared it, e.g. ?text=sonnets&preset=quick&n_layer=3&guide=1#write. A text of
// one's own is never in a link.

import { sentence } from '../../engine/errors.ts';
import { isOptionName, optionsOf, type OptionName, type Options } from '../../engine/options.ts';
import { DEFAULT_PRESET, PRESETS, type PresetName } from '../../engine/presets.ts';
import { nearestPreset } from '../../engine/recipe-text.ts';
import { OptionError, optionText, parseOption } from '../../engine/validate.ts';
import { words } from '../words/words.ts';

const PRESET_NAMES = PRESETS.map(({ name }) => name);
/** Everyone in a class has another seed. */
const OPTION_NAMES: readonly OptionName[] = optionsOf('model', 'train')
  .map(({ name }) => name)
  .filter((name) => name !== 'seed');

export interface PreparedPage {
  /** The name of an example text. */
  text: string;
  preset: PresetName;
  /** Options that differ from the preset's. */
  options: Partial<Options>;
  guide: boolean;
}

/** The query of a link; `bytes` is the length of the text. Without an example it names the first one. */
export function classQuery(values: Options, example: string, guide: boolean, bytes: number): string {
  const query = new URLSearchParams({ text: example || firstExample() });
  const [preset, changed] = nearestPreset(values, bytes || undefined);
  if (preset !== DEFAULT_PRESET) query.set('preset', preset);
  for (const name of OPTION_NAMES)
    if (changed[name] !== undefined) query.set(name, optionText(changed[name]));
  if (guide) query.set('guide', '1');
  return query.toString();
}

/** What a link asks for, or a sentence about what it cannot have; undefined for an ordinary address. */
export function preparedPage(search: string): PreparedPage | { problem: string } | undefined {
  const query = new URLSearchParams(search);
  // The page's language has its own reader (words/choice.ts).
  query.delete('lang');
  if (query.size === 0) return undefined;
  try {
    return read(query);
  } catch (error) {
    return { problem: sentence(error) };
  }
}

function read(query: URLSearchParams): PreparedPage {
  const prepared: PreparedPage = { text: firstExample(), preset: DEFAULT_PRESET, options: {}, guide: false };
  for (const [name, value] of query) {
    if (name === 'text') prepared.text = oneOf(value, Object.keys(words.examples), words.classLink.noText);
    else if (name === 'preset') prepared.preset = oneOf(value, PRESET_NAMES, words.classLink.noPreset);
    else if (name === 'guide') prepared.guide = value === '1';
    else if (isOptionName(name) && OPTION_NAMES.includes(name))
      Object.assign(prepared.options, {
        [name]: parseOption(name, value, words.options[name].label, words.validation),
      });
  }
  return prepared;
}

function firstExample(): string {
  return Object.keys(words.examples)[0]!;
}

function oneOf<T extends string>(
  value: string,
  all: readonly T[],
  problem: (name: string, all: readonly string[]) => string,
): T {
  const found = all.find((name) => name === value);
  if (found !== undefined) return found;
  throw new OptionError(problem(value, all));
}
