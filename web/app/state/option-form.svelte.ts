// A form of options. It keeps the typed text of each field, parses it, and has an error message for each invalid field.

import {
  defaults,
  optionSpec,
  type OptionName,
  type OptionSpec,
  type Options,
} from '../../engine/options.ts';
import { isPlainNumber } from '../../engine/numbers.ts';
import { sentence } from '../../engine/errors.ts';
import { optionText, parseOption, problems } from '../../engine/validate.ts';

export type FormSpec = OptionSpec & { readonly name: OptionName };

export function formSpec(name: OptionName): FormSpec {
  return { ...optionSpec(name), name };
}

/** Messages on the page name an option by its label. */
const labelOf = (name: OptionName): string => optionSpec(name).label;

interface Reading {
  values: Options;
  /** Error messages by option; absent for valid values. */
  fields: Partial<Record<OptionName, string>>;
  /** Error messages about combinations of values. */
  together: string[];
}

export class OptionForm {
  readonly specs: readonly FormSpec[];
  readonly #initial: Options;
  #typed = $state<Partial<Record<OptionName, string>>>({});
  readonly #reading = $derived.by(() => this.#read());

  /** `initial` replaces defaults, also of options that this form does not show. */
  constructor(specs: readonly FormSpec[], initial: Partial<Options> = {}) {
    this.specs = specs;
    this.#initial = { ...defaults(), ...initial };
    this.apply(this.#initial);
  }

  /** Fills in the fields; ignores options that this form does not show. */
  apply(values: Partial<Options>): void {
    for (const { name } of this.specs) if (name in values) this.#typed[name] = optionText(values[name] ?? '');
  }

  typed(name: OptionName): string {
    return this.#typed[name] ?? '';
  }

  type(name: OptionName, text: string): void {
    this.#typed[name] = text;
  }

  /** The parsed values. Check `problems` first: the value of an invalid field is its initial one. */
  get values(): Options {
    return this.#reading.values;
  }

  /** The number that a field was read as, if its text differs from the plain notation. */
  readAs(name: OptionName): string | undefined {
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

  /** All error messages. */
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
