// The JSON schema of recipes, from the table of options: docs/recipe.schema.json holds it for other programs.

import { optionSpec, type OptionName, type OptionSpec } from './options.ts';
import { CHANGEABLE, RECIPE_OPTIONS } from './recipe.ts';

type Json = Readonly<Record<string, unknown>>;

const TYPES = { int: 'integer', float: 'number', bool: 'boolean' } as const;

function optionSchema({ type, help, min, above, max, choices }: OptionSpec): Json {
  const description = `${help.charAt(0).toUpperCase()}${help.slice(1)}.`;
  if (choices) return { description, enum: choices };
  const limits = {
    ...(min === undefined ? {} : { minimum: min }),
    ...(above === undefined ? {} : { exclusiveMinimum: above }),
    ...(max === undefined ? {} : { maximum: max }),
  };
  return { description, type: TYPES[type as keyof typeof TYPES], ...limits };
}

function optionsSchema(names: readonly OptionName[], description: string): Json {
  const properties = Object.fromEntries(names.map((name) => [name, optionSchema(optionSpec(name))]));
  return { description, type: 'object', properties, additionalProperties: false };
}

const SHA256 = { type: 'string', pattern: '^[0-9a-f]{64}$' };

export function recipeSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Recipe of a training run of mini-llm',
    description: 'Everything that is needed to repeat a run, except the text itself.',
    type: 'object',
    required: ['version', 'corpus_sha256', 'corpus_bytes', 'options'],
    additionalProperties: false,
    properties: {
      version: {
        description: 'The version of mini-llm that began the run, or "unknown".',
        type: 'string',
        minLength: 1,
      },
      corpus_sha256: { description: 'The SHA-256 of the text, in UTF-8 with line feeds.', ...SHA256 },
      corpus_bytes: { description: 'The length of that text.', type: 'integer', minimum: 1 },
      base_sha256: {
        description: 'Of a fine-tuned model: the SHA-256 of the weights that the run began with.',
        ...SHA256,
      },
      options: optionsSchema(RECIPE_OPTIONS, 'The options of the run at its start.'),
      changes: {
        description: 'What changed when the run was resumed, in the order of the steps.',
        type: 'array',
        items: {
          type: 'object',
          required: ['step', 'options'],
          additionalProperties: false,
          properties: {
            step: { description: 'The step after which the options applied.', type: 'integer', minimum: 0 },
            extended: { description: 'Set if the run had ended at this step and was extended.', const: true },
            options: optionsSchema(CHANGEABLE, 'The options that changed.'),
          },
        },
      },
    },
  };
}
