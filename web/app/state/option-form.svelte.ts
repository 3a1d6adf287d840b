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
import { optionText, parseOption, renamed } from '../../engine/validate.ts';
import { words } from '../words/words.ts';

export type FormSpec = OptionSpec & { readonly name: OptionName };

export function formSpec(name: OptionName): FormSpec {
  return { ...optionSpec(name), name };
}

/** Messages on the page name an option by its label. */
const labelOf = (name: OptionName): string => words.options[name].label;

interface Reading {
  values: Options;
  /** Error messages by option; absent for valid values. */
  fields: Partial<Record<OptionName, string>>;
}

/** The core's answer about values that must fit each other. */
interface Checked {
  values: Options;
  mismatches: readonly string[];
}

export class OptionForm {
  readonly specs: readonly FormSpec[];
  readonly #initial: Options;
  #typed = $state<Partial<Record<OptionName, string>>>({});
  readonly #reading = $derived.by(() => this.#read());
  #checked = $state.raw<Checked | undefined>(undefined);

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

  /** The text of all fields. */
  get fields(): Partial<Record<OptionName, string>> {
    return { ...this.#typed };
  }

  /** Puts text into fields; ignores options that this form does not show. */
  typeAll(fields: Partial<Record<OptionName, string>>): void {
    for (const { name } of this.specs) this.#typed[name] = fields[name] ?? this.typed(name);
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

  /** Error messages of single fields. */
  get fieldProblems(): string[] {
    return Object.values(this.#reading.fields);
  }

  /** All error messages, those about combinations of values as soon as the core has answered. */
  get problems(): string[] {
    const answered = this.#checked?.values === this.#reading.values;
    return [...this.fieldProblems, ...(answered ? (this.#checked?.mismatches ?? []) : [])];
  }

  /** Takes the core's sentences about these values; they are shown until a field changes. */
  setMismatches(values: Options, sentences: readonly string[]): string[] {
    const mismatches = sentences.map((sentence) => renamed(sentence, labelOf));
    this.#checked = { values, mismatches };
    return mismatches;
  }

  #read(): Reading {
    const values: Record<string, unknown> = { ...this.#initial };
    const fields: Reading['fields'] = {};
    for (const { name } of this.specs) {
      try {
        values[name] = parseOption(name, this.typed(name), labelOf(name), words.validation);
      } catch (error) {
        fields[name] = sentence(error);
      }
    }
    return { values: values as unknown as Options, fields };
  }
}
