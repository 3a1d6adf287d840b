// The core and the TypeScript side allow the same values and refuse the others with the same sentence.

import type { Engine } from '../web/engine/engine.ts';
import { CORE_OPTIONS } from '../web/engine/generated/core-types.ts';
import { defaults, isOptionName, optionSpec, type OptionName, type Options } from '../web/engine/options.ts';
import { valueProblem } from '../web/engine/validate.ts';
import { sharedEngine } from './helpers/engine.ts';

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

/** Other options that a bound needs, so that they fit each other. */
const COMPANIONS: Readonly<Partial<Record<OptionName, Partial<Options>>>> = {
  n_head: { n_embd: 512 },
  n_kv_head: { n_head: 256, n_embd: 512 },
  n_embd: { n_head: 1 },
  min_lr: { lr: 1_000_000 },
};

/** The core's sentence about a value; empty if it allows the value. */
function problemOfCore(name: OptionName, value: number): string {
  const options: Options = { ...defaults(), ...COMPANIONS[name], [name]: value };
  return engine.mismatches(options)[0] ?? '';
}

const NUMBERS = [
  ...new Set(Object.values(CORE_OPTIONS).flatMap((rows) => rows.map(({ name }) => name as string))),
]
  .filter(isOptionName)
  .filter((name) => ['int', 'float'].includes(optionSpec(name).type))
  // The option is about a tokenizer to be learned; a model may have other vocabularies.
  .filter((name) => name !== 'vocab_size');

const least = (type: string): number => (type === 'int' ? 1 : 1e-9);

test.each(NUMBERS)('the bounds of %s are allowed by both', (name) => {
  const { type, min, above, max } = optionSpec(name);
  for (const value of [min ?? above! + least(type), max!]) {
    expect(valueProblem(name, value)).toBeUndefined();
    expect(problemOfCore(name, value)).toBe('');
  }
});

test.each(NUMBERS)(
  'a value just outside the bounds of %s is refused by both with the same sentence',
  (name) => {
    const { type, min, above, max } = optionSpec(name);
    const outside = [
      // No whole number below 0 can be passed to the core, and none above the largest seed.
      ...(type === 'int' && min === 0 ? [] : [above ?? min! - least(type)]),
      ...(name === 'seed' ? [] : [type === 'int' ? max! + 1 : max! * (1 + 1e-6)]),
    ];
    for (const value of outside) {
      expect(valueProblem(name, value)).toMatch(/^\w+ must be a .*number (from|above) /);
      expect(problemOfCore(name, value)).toBe(valueProblem(name, value));
    }
  },
);

test.each(['arch', 'schedule', 'optimizer'] as const)('%s has the same choices for both', (name) => {
  for (const choice of optionSpec(name).choices!) expect(problemOfChoice(name, choice)).toBe('');
  expect(problemOfChoice(name, 'none')).toBe(valueProblem(name, 'none'));
});

function problemOfChoice(name: OptionName, value: string): string {
  return engine.mismatches({ ...defaults(), [name]: value })[0] ?? '';
}
