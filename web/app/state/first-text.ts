// The text that the page begins with: that of a link, with the options that go with it, or a novel.

import { words } from '../words/words.ts';
import { DEFAULT_EXAMPLE, preparedPage } from './class-link.ts';
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
  const prepared = preparedPage(location.search);
  if (prepared === undefined) return text.openExample(DEFAULT_EXAMPLE, notBefore);
  if ('problem' in prepared) {
    shared.problem = words.notes.badLink(prepared.problem);
    return text.openExample(DEFAULT_EXAMPLE, notBefore);
  }
  if (prepared.guide) guide.open();
  await text.openExample(prepared.text, notBefore);
  // Presets depend on the length of the text.
  preset.choose(prepared.preset);
  form.apply(prepared.options);
}
