// Option values as a person edits them: text in a field may be anything, so what is typed and what it means are
// kept apart, and each field has its own sentence when it means nothing.

import { defaults, optionSpec, type OptionName, type OptionSpec, type Options } from '../../engine/options.ts';
import { isPlainNumber } from '../../engine/numbers.ts';
import { sentence } from '../../engine/errors.ts';
import { optionText, parseOption, problems } from '../../engine/validate.ts';

export type FormSpec = OptionSpec & { readonly name: OptionName };

export function formSpec(name: OptionName): FormSpec {
  return { ...optionSpec(name), name };
}

/** Messages on the page call an option by what stands above its field. */
const labelOf = (name: OptionName): string => optionSpec(name).label;

interface Reading {
  values: Options;
  /** By option; absent where the value is fine. */
  fields: Partial<Record<OptionName, string>>;
  /** Problems of values that do not fit each other. */
  together: string[];
}

export class OptionForm {
  readonly specs: readonly FormSpec[];
  readonly #initial: Options;
  #typed = $state<Partial<Record<OptionName, string>>>({});
  readonly #reading = $derived.by(() => this.#read());

  /** `initial` are values in place of defaults, also of options that this form does not have. */
  constructor(specs: readonly FormSpec[], initial: Partial<Options> = {}) {
    this.specs = specs;
    this.#initial = { ...defaults(), ...initial };
    this.apply(this.#initial);
  }

  /** Puts values into the fields; options that this form does not have are left alone. */
  apply(values: Partial<Options>): void {
    for (const { name } of this.specs) if (name in values) this.#typed[name] = optionText(values[name] ?? '');
  }

  typed(name: OptionName): string {
    return this.#typed[name] ?? '';
  }

  type(name: OptionName, text: string): void {
    this.#typed[name] = text;
  }

  /** What the fields mean. Whatever acts on it looks at `problems` first: a field with one has no meaning. */
  get values(): Options {
    return this.#reading.values;
  }

  /** The number that a field was read as, where it is not written as programs write it. */
  understood(name: OptionName): string | undefined {
    const { type } = optionSpec(name);
    const isNumber = type === 'int' || type === 'float';
    if (!isNumber || this.problem(name) !== undefined || isPlainNumber(this.typed(name))) return undefined;
    return optionText(this.#reading.values[name]);
  }

  problem(name: OptionName): string | undefined {
    return this.#reading.fields[name];
  }

  get together(): readonly string[] {
    return this.#reading.together;
  }

  /** All sentences, for the place where the button is. */
  get problems(): string[] {
    return [...Object.values(this.#reading.fields), ...this.#reading.together];
  }

  #read(): Reading {
    const values: Record<string, unknown> = { ...this.#initial };
    const fields: Reading['fields'] = {};
    for (const { name } of this.specs) {
      try {
        values[name] = parseOption(name, this.typed(name), labelOf(name));
      } catch (error) {
        fields[name] = sentence(error);
      }
    }
    const options = values as unknown as Options;
    const together = Object.keys(fields).length > 0 ? [] : problems(options, labelOf);
    return { values: options, fields, together };
  }
}
