// What the page keeps of a run beside its model, text and curves: the fields as the user left them.

import { transfer } from 'comlink';
import type { OptionName, Options } from '../../engine/options.ts';
import type { StoredRun } from '../../worker/storage/protocol.ts';
import { loadedOptions, loadedModel, type OpenModel } from './open-model.ts';
import type { LoadedModel } from '../../worker/protocol.ts';
import type { Session } from './session.svelte.ts';

type Bytes = StoredRun['checkpoint'];
type Fields = Partial<Record<OptionName, string>>;

export interface PageState {
  prompt: string;
  form: Fields;
  finetuning: Fields;
  sampling: Fields;
  /** The options that the run was started with, as OpenModel has them. */
  asked: Options;
  finetuned: boolean;
}

export function pageState({ form, finetuning, sampling, generation, model }: Session): PageState | undefined {
  if (!model) return undefined;
  const { seed, ...rest } = sampling.fields;
  return {
    prompt: generation.prompt,
    form: form.fields,
    finetuning: finetuning.fields,
    // A seed that the page has drawn is not the user's.
    sampling: generation.seed.fresh || seed === undefined ? rest : { ...rest, seed },
    asked: model.asked,
    finetuned: model.finetuned,
  };
}

/** The file to open, and the one to go on from if it is another; both move to the worker. */
export function filesOf({ checkpoint, weights }: StoredRun): [file: Bytes, checkpoint?: Bytes] {
  const moved = (bytes: Bytes): Bytes => transfer(bytes, [bytes.buffer]);
  return weights ? [moved(weights), moved(checkpoint)] : [moved(checkpoint)];
}

/** Shows a stored run as it stood; `loaded` is its model in the worker. Returns that model. */
export function restorePage(session: Session, run: StoredRun, loaded: LoadedModel): OpenModel {
  const { text, preset, form, finetuning, sampling, generation, training } = session;
  const page = run.page as PageState | undefined;
  const { name, example, notes } = run.info.text;
  text.restore({ bytes: run.text, name, example, notes });
  preset.fitted(run.text.length);
  if (loaded.options) form.apply(loadedOptions(loaded));
  form.typeAll(page?.form ?? {});
  finetuning.typeAll(page?.finetuning ?? {});
  sampling.typeAll(page?.sampling ?? {});
  generation.prompt = page?.prompt ?? '';
  training.restore(run.record);
  const asked = page?.asked ?? { ...form.values };
  return loadedModel(run.info.name, loaded, asked, page?.finetuned === true);
}
