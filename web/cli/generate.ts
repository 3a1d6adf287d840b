// mini-llm generate: streams text from a saved model.

import { counted, formatPercent, formatRate } from '../engine/format.ts';
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { CopyFinder, type Copied } from '../engine/copied.ts';
import type { Engine } from '../engine/engine.ts';
import { sampleOptions } from '../engine/convert.ts';
import { generateText, promptNote, withPiece, type GeneratedSample } from '../engine/generate.ts';
import { defaults, optionSpec, type OptionName } from '../engine/options.ts';
import { checked } from '../engine/validate.ts';
import { loadCore } from './core.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { readInput, reason } from './files.ts';
import { addFlags, givenOptions, withFileName, withUsageErrors } from './flags.ts';
import { readModel } from './model-input.ts';
import { addPromptFile, readText, withPromptFile, type PromptFlags } from './inputs.ts';
import { SamplesOutput } from './sample-output.ts';
import { drained, outputLost, printJson, say } from './terminal.ts';

const SEEDS = optionSpec('seed').max! + 1;

const RUN_FLAGS: readonly OptionName[] = ['threads', 'variant', 'reproducible'];

export function addGenerate(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('generate')
    .description('generate text with a saved model')
    .argument('<model>', 'a model file, or a folder with a GPT-2 or Qwen3 of another program')
    .option('--adapter <file>', 'merge this LoRA adapter into the model')
    .option(
      '--copied <file>',
      'say how much of the text is copied from this training text, and where its longest copied piece comes from',
    )
    .option(
      '--json',
      'print one JSON object at the end: {text, tokens, tokens_per_s, prompt, seed}, or {samples: [{text, …}, …], …} with several samples',
    );
  addFlags(command, ['sample'], RUN_FLAGS, { seed: 'new each time, and printed' });
  addPromptFile(command);
  command.action(async (file: string, flags: Flags) => end(await generate(file, flags)));
}

interface Flags extends PromptFlags {
  adapter?: string;
  copied?: string;
  json?: true;
}

async function generate(file: string, flags: Flags): Promise<ExitCode> {
  const { adapter } = flags;
  const given = await withPromptFile(givenOptions(flags as Readonly<Record<string, unknown>>), flags);
  const options = withUsageErrors(() => checked({ ...defaults(), seed: randomInt(SEEDS) }, given));
  const bytes = await readModel(file);
  const adapterBytes = adapter === undefined ? undefined : readInput(adapter, 'an adapter');
  const source = flags.copied === undefined ? undefined : await readText(flags.copied);
  const engine = await loadCore(options);
  using model = withFileName(file, () => engine.loadModel(bytes));
  if (adapter !== undefined && adapterBytes) withFileName(adapter, () => model.applyAdapter(adapterBytes));
  const note = promptNote(model.tokenizer().encode(options.prompt).length, model.config().seq_len);
  if (note !== undefined) say(note);
  if (!flags.json && given.seed === undefined)
    say(`Seed ${options.seed}: --seed ${options.seed} generates this text again.`);
  const output = flags.json ? undefined : new SamplesOutput(options.n, options.prompt);
  let samples: GeneratedSample[] = [];
  let last = { tokens: 0, tokens_per_s: 0 };
  for await (const piece of generateText(engine, model, sampleOptions(options), options.prompt)) {
    samples = withPiece(samples, piece);
    last = piece;
    output?.take(samples);
    await drained();
    const lost = outputLost();
    if (lost === 'closed') return EXIT.ok;
    if (lost !== undefined) throw new Failure(`The text cannot be written: ${reason(lost)}.`);
  }
  const { tokens, tokens_per_s } = last;
  const copied = source && copiedIn(engine, source.bytes, samples);
  if (flags.json)
    printJson({
      ...texts(samples, copied),
      tokens,
      tokens_per_s,
      prompt: options.prompt,
      seed: options.seed,
    });
  else if (process.stderr.isTTY) say(`${counted(tokens, 'token')}, ${formatRate(tokens_per_s)} tokens/s`);
  if (!flags.json)
    copied?.forEach((found, i) => sayCopied(found, samples.length > 1 ? `Sample ${i + 1}: ` : ''));
  await drained();
  return EXIT.ok;
}

/** One text is a field of its own; several are a list. */
function texts(samples: readonly GeneratedSample[], copied: readonly Copied[] | undefined): object {
  const of = (i: number): object => (copied ? { copied: copied[i] } : {});
  if (samples.length === 1) return { text: samples[0]!.text, ...of(0) };
  return { samples: samples.map((sample, i) => ({ ...sample, ...of(i) })) };
}

function copiedIn(engine: Engine, source: Uint8Array, samples: readonly GeneratedSample[]): Copied[] {
  using finder = new CopyFinder(engine, source);
  return samples.map(({ text }) => finder.find(text));
}

function sayCopied({ share, longest }: Copied, which: string): void {
  if (!longest) return say(`${which}Nothing longer than a few words is copied from the training text.`);
  const { text, before, after } = longest;
  say(
    `${which}${formatPercent(share)} of the text is copied from the training text. The longest piece has ` +
      `${counted([...text].length, 'character')}: “${text}”`,
  );
  say(`It stands there in: “…${before}[${text}]${after}…”`);
}
