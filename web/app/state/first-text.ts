// The text that the page begins with: that of a link, with the options that go with it, or a novel.

import { EXAMPLES } from '../lib/examples.ts';
import { words } from '../words/words.ts';
import type { Guide } from './guide.svelte.ts';
import type { OptionForm } from './option-form.svelte.ts';
import type { PresetChoice } from './preset-choice.svelte.ts';
import type { SharedRecipe } from './shared-recipe.svelte.ts';
import type { TrainingText } from './training-text.svelte.ts';

interface Parts {
  text: TrainingText;
  form: OptionForm;
  preset: PresetChoice;
  shared: SharedRecipe;
  guide: Guide;
}

/** Waits for `notBefore`: a page that is about to load anew should not fetch the text twice. */
export async function openFirstText(
  { text, form, preset, shared, guide }: Parts,
  notBefore: Promise<unknown>,
): Promise<void> {
  const first = EXAMPLES[0]!.name;
  if (location.search === '') return text.openExample(first, notBefore);
  // Few addresses have a query, so what reads it is loaded for them alone.
  const { preparedPage } = await import('./class-link.ts');
  const prepared = preparedPage(location.search);
  if (prepared === undefined) return text.openExample(first, notBefore);
  if ('problem' in prepared) {
    shared.problem = words.notes.badLink(prepared.problem);
    return text.openExample(first, notBefore);
  }
  if (prepared.guide) guide.open();
  await text.openExample(prepared.text, notBefore);
  // Presets depend on the length of the text.
  preset.choose(prepared.preset);
  form.apply(prepared.options);
}
