// Finds the tensors of a model of ours in files of Hugging Face's libraries.

import type { ModelConfig } from '../generated/core-types.ts';
import { HEAD, type Shapes } from '../tensor-shapes.ts';
import type { TensorPlace } from './tensors.ts';

/** Masks and frequencies, which follow from the shape. */
const NOT_WEIGHTS = /(^|\.)(attn\.(bias|masked_bias)|rotary_emb\.inv_freq)$/;

/** Finds each expected tensor; throws a sentence about the first that is missing, wrong or unknown. */
export function matchTensors(
  found: ReadonlyMap<string, TensorPlace>,
  { arch, tie_word_embeddings }: ModelConfig,
  expected: Shapes,
): Map<string, TensorPlace> {
  const matched = new Map<string, TensorPlace>();
  for (const [theirs, place] of found) {
    const name = ourName(theirs, arch);
    // A tied head repeats the embeddings.
    if (NOT_WEIGHTS.test(name) || (name === HEAD && tie_word_embeddings)) continue;
    const shape = expected.get(name);
    if (!shape)
      throw new Error(
        `${place.file.path} holds the tensor “${theirs}”, which a model of config.json’s shape does not have.`,
      );
    if (matched.has(name)) throw new Error(`The tensor “${name}” occurs twice, with and without a prefix.`);
    if (shape.join() !== place.shape.join())
      throw new Error(
        `The tensor “${theirs}” has the shape [${place.shape.join(', ')}], but config.json asks for [${shape.join(', ')}].`,
      );
    matched.set(name, place);
  }
  const missing = [...expected.keys()].find((name) => !matched.has(name));
  if (missing !== undefined) throw new Error(`The tensor “${missing}” is missing${whyMissing(missing)}.`);
  return matched;
}

function whyMissing(name: string): string {
  return name === HEAD ? ', though config.json’s tie_word_embeddings is false' : '';
}

/** The name with or without the prefix that transformers' classes put before it. */
function ourName(name: string, arch: ModelConfig['arch']): string {
  if (arch === 'gpt2') return name.replace(/^transformer\./, '');
  return name === HEAD || name.startsWith('model.') ? name : `model.${name}`;
}
