// mini-llm train: trains a model on a text and saves it.

import { Option, type Command } from 'commander';
import { sampleOptions } from '../engine/convert.ts';
import type { Corpus } from '../engine/corpus.ts';
import type { Engine } from '../engine/engine.ts';
import { memoryLimit } from '../engine/node.ts';
import { defaults, type Options } from '../engine/options.ts';
import { prepareFinetune, prepareResume, prepareTraining, type Prepared } from '../engine/prepare.ts';
import { DEFAULT_PRESET, PRESETS, presetOptions, type PresetName } from '../engine/presets.ts';
import { Run, type RunEnd } from '../engine/run.ts';
import { checked } from '../engine/validate.ts';
import { Autosave } from './autosave.ts';
import { printBanner } from './banner.ts';
import { loadCore } from './core.ts';
import { EXIT, Failure, Signals, type ExitCode } from './exit.ts';
import { readInput, reason, writeOrRescue, writeSafely } from './files.ts';
import { addFlags, givenOptions, usageError, withFileName, withUsageErrors } from './flags.ts';
import { addPromptFile, readText, withPromptFile, type PromptFlags } from './inputs.ts';
import { areSame, claimFreeName, claimOutputs, type Input, type Output } from './outputs.ts';
import { makeReport, vocabularyProgress, type Report } from './report.ts';
import { printProfile, printSummary, type Saved } from './summary.ts';
import { drained, onOutputLost, outputLost, printJson } from './terminal.ts';

const PRESET_NAMES = PRESETS.map(({ name }) => name);

interface Flags extends PromptFlags {
  out?: string;
  resume?: string;
  init_from?: string;
  preset?: PresetName;
  encoding?: string;
  out_last?: string;
  force?: true;
  json?: true;
  profile?: true;
}

/** The parsed command line; the core checks the rest. */
interface Plan {
  corpusFile: string;
  corpus: Corpus;
  given: Partial<Options>;
  options: Options;
  /** The model file of --resume or --init_from. */
  saved: { file: string; bytes: Uint8Array } | undefined;
  out: string;
  flags: Flags;
}

export function addTrain(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('train')
    .description('train a model on a text file')
    .argument('<corpus>', 'the text to train on: a file, or - for standard input')
    .option('--out <file>', 'save the model here [model.safetensors, or the next free name]')
    .option(
      '--out_last <file>',
      'also save the weights of the last step here, if the run ends with earlier weights that validated better',
    )
    .option('--force', 'let --out and --out_last replace files that are not models')
    .option('--resume <file>', 'continue training a saved model; flags replace the saved options')
    .option(
      '--init_from <file>',
      'fine-tune a saved model on any text, with its tokenizer and a lower default lr',
    )
    .addOption(
      new Option(
        '--preset <name>',
        `set of options to start from (${PRESET_NAMES.join(', ')}) [${DEFAULT_PRESET}]`,
      ).choices(PRESET_NAMES),
    )
    .option('--encoding <name>', 'the encoding of the text, such as koi8-r [detected]')
    .option('--json', 'print every event as one line of JSON')
    .option('--profile', 'print the time of each operation at the end');
  addFlags(command, ['model', 'train', 'finetune', 'sample', 'run']);
  addPromptFile(command);
  command.action(async (corpusFile: string, flags: Flags) => end(await train(await plan(corpusFile, flags))));
}

async function plan(corpusFile: string, flags: Flags): Promise<Plan> {
  checkFlags(corpusFile, flags);
  const given = await withPromptFile(givenOptions(flags as Readonly<Record<string, unknown>>), flags);
  const out = await claimOut(corpusFile, flags);
  const file = flags.resume ?? flags.init_from;
  // The options of a saved model replace the defaults, so prepare() checks them.
  const corpus = await readText(corpusFile, flags.encoding);
  const base = file === undefined ? presetFor(flags, given, corpus) : defaults();
  const options = file === undefined ? withUsageErrors(() => checked(base, given)) : { ...base, ...given };
  const saved = file === undefined ? undefined : { file, bytes: readInput(file, 'a saved model') };
  return { corpusFile, corpus, given, options, saved, out, flags };
}

/** Locks the output files and returns where the model will be saved. */
async function claimOut(
  corpusFile: string,
  { out, out_last, resume, init_from, force }: Flags,
): Promise<string> {
  const flag = out === undefined ? '--resume' : '--out';
  const inputs: Input[] = [{ what: 'the text', file: corpusFile }];
  if (init_from !== undefined) inputs.push({ what: 'the model of --init_from', file: init_from });
  if (resume !== undefined) inputs.push({ what: 'the model of --resume', file: resume, replacedBy: flag });
  const named = out ?? resume;
  const outputs: Output[] = [];
  if (named !== undefined) outputs.push({ flag, file: named, kind: 'model' });
  if (out_last !== undefined) outputs.push({ flag: '--out_last', file: out_last, kind: 'model' });
  await claimOutputs(outputs, inputs, force);
  return named ?? claimFreeName('model.safetensors');
}

/** The options of the preset. --vocab_size implies bpe, even for a short text. */
function presetFor({ preset = DEFAULT_PRESET }: Flags, given: Partial<Options>, { bytes }: Corpus): Options {
  const options = presetOptions(preset, bytes.length);
  return given.vocab_size === undefined ? options : { ...options, tokenizer: 'bpe' };
}

function checkFlags(corpusFile: string, { resume, init_from, preset, prompt_file }: Flags): void {
  const refuse = (message: string): never => {
    throw new Failure(message, EXIT.usage);
  };
  if (corpusFile === '-' && prompt_file === '-')
    refuse('Standard input cannot be both the text and the prompt; read one of them from a file.');
  if (resume !== undefined && init_from !== undefined)
    refuse('--init_from and --resume cannot be combined: one begins a new run, the other continues one.');
  if (preset !== undefined && (resume ?? init_from) !== undefined)
    refuse(
      `--preset is for new models and cannot be combined with ${resume === undefined ? '--init_from' : '--resume'}.`,
    );
}

async function train(plan: Plan): Promise<ExitCode> {
  const engine = await loadCore(plan.options);
  const prepared = await prepare(engine, plan).catch((error: unknown) => {
    throw usageError(error);
  });
  const report = makeReport(plan.flags.json === true);
  if (!plan.flags.json) printBanner(engine, prepared, plan);
  else if ((plan.flags.out ?? plan.flags.resume) === undefined)
    printJson({ event: 'output', file: plan.out });
  const run = makeRun(engine, prepared, plan);
  const firstStep = run.progress.step;
  if (plan.flags.profile) run.trainer.setProfiling(true);
  const signals = new Signals(() => {
    report.say('Stopping and saving; press Ctrl-C again to exit without saving.');
    run.stop();
  });
  onOutputLost(() => run.stop());
  const autosave = startAutosave(run, plan, report);
  run.on((event) => report.take(event));
  try {
    const end = await run.start();
    report.end();
    if (plan.flags.profile && !(end.event === 'failed' && end.crashed))
      printProfile(run, firstStep, plan.flags.json === true);
    const code = finish(run, end, plan, { signal: signals.received, autosave });
    await drained();
    return code;
  } finally {
    report.end();
    await run.delete();
  }
}

async function prepare(engine: Engine, { corpus, given, options, saved, flags }: Plan): Promise<Prepared> {
  const limit = { memoryLimit: memoryLimit() };
  if (saved === undefined)
    return prepareTraining(engine, options, corpus, { ...limit, learning: vocabularyProgress() });
  const from = flags.resume === undefined ? prepareFinetune : prepareResume;
  return withFileName(saved.file, () => from(engine, saved.bytes, given, corpus, limit));
}

function makeRun(engine: Engine, prepared: Prepared, { options, given }: Plan): Run {
  const every_steps = prepared.options.sample_every;
  if (every_steps === 0) return new Run(engine, prepared);
  // Live samples follow the command line, because a saved model holds no sampling options.
  const live = { ...sampleOptions({ ...options, ...given }), seed: prepared.options.seed };
  return new Run(engine, prepared, { sample: { options: live, prompt: options.prompt, every_steps } });
}

function startAutosave(run: Run, { out, flags }: Plan, report: Report): Autosave {
  let reported = '';
  const autosave = new Autosave(run.options.save_every, () => {
    // Never replace a good file by weights that cannot generate; the run fails at its next step.
    if (run.trainer.verify() !== '') return false;
    try {
      writeSafely(out, run.save());
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.message !== reported) report.say(`${error.message} Training continues.`);
      reported = error.message;
      return false;
    }
  });
  // The file holds the resumed weights already.
  if (flags.resume !== undefined && areSame(out, flags.resume)) autosave.step = run.progress.weights_step;
  run.on((event) => autosave.take(event));
  return autosave;
}

/** Saves the model, prints the summary and returns the exit code. */
function finish(
  run: Run,
  end: RunEnd,
  plan: Plan,
  { signal, autosave }: { signal: ExitCode | undefined; autosave: Autosave },
): ExitCode {
  const bytes = save(run, end, plan.out, autosave);
  const last = saveLast(run, plan.flags.out_last);
  if (!plan.flags.json) printSummary(end, run.options, plan, { bytes, last, autosaved_step: autosave.step });
  if (end.event === 'failed') throw new Failure(end.message);
  const lost = outputLost();
  if (lost !== undefined)
    throw new Failure(
      `${lost === 'closed' ? 'The reader of the output has exited' : `The output cannot be written (${reason(lost)})`}, ` +
        `so training stopped at step ${end.step}; the model is saved in ${plan.out}.`,
    );
  return signal ?? EXIT.ok;
}

/** Saves the model unless the file already holds the same weights, and returns the size of what it wrote. */
function save(run: Run, end: RunEnd, out: string, autosave: Autosave): number | undefined {
  if (end.step === 0 && end.event === 'done') return undefined;
  // After a failure only weights can be saved, but an automatic save of the same weights can be resumed.
  if (end.event === 'failed' && (end.crashed || autosave.step === end.weights_step)) return undefined;
  const bytes = run.save();
  writeOrRescue(out, bytes);
  return bytes.length;
}

/** Saves the weights of the last step if the run ended with earlier ones and --out_last names a file. */
function saveLast(run: Run, out: string | undefined): Saved['last'] {
  if (!run.hasLastWeights()) return 'none';
  if (out === undefined) return 'lost';
  writeOrRescue(out, run.saveToExtend());
  return { file: out };
}
