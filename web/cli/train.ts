// mini-llm train: a text in, a model file out.

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
import { loadCore } from './core.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { readInput, reason, writeOrRescue, writeSafely } from './files.ts';
import { aboutFile, addFlags, asUsage, givenOptions, usage } from './flags.ts';
import { introduce } from './banner.ts';
import { showLearning } from './learning.ts';
import { putProfile } from './profile-output.ts';
import { areSame, claimFreeName, claimOutputs, type Input, type Output } from './outputs.ts';
import { addPromptFile, withPromptFile, type PromptFlags } from './prompt.ts';
import { makeReport, type Report } from './report.ts';
import { readText } from './read-text.ts';
import { sayEnd } from './summary.ts';
import { Signals } from './signals.ts';
import { drained, outputLost, putJson, whenOutputIsLost } from './terminal.ts';

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

/** Everything that was asked for, checked as far as that needs no core. */
interface Plan {
  corpusFile: string;
  corpus: Corpus;
  given: Partial<Options>;
  options: Options;
  /** The model file that it goes on with or begins from. */
  saved: { file: string; bytes: Uint8Array } | undefined;
  out: string;
  flags: Flags;
}

export function addTrain(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('train')
    .description('train a model on a text file')
    .argument('<corpus>', 'the text to learn from: a file, or - for standard input')
    .option('--out <file>', 'where to save the model [model.safetensors, or the next free name]')
    .option(
      '--out_last <file>',
      'where a run that ends with earlier weights, which validated best, saves those of its last step as well',
    )
    .option('--force', 'let outputs replace files that are no models')
    .option('--resume <file>', 'go on with a saved model; options given as well replace the saved ones')
    .option(
      '--init_from <file>',
      'begin with a saved model and its tokenizer instead of a new one, on any text; lr is then lower unless given',
    )
    .addOption(
      new Option('--preset <name>', `the recipe to start from [${DEFAULT_PRESET}]`).choices(
        PRESETS.map((p) => p.name),
      ),
    )
    .option('--encoding <name>', 'what the text is encoded in, such as koi8-r [found out]')
    .option('--json', 'print one JSON object a line for every event')
    .option('--profile', 'show at the end where the time went, operation by operation');
  addFlags(command, ['model', 'train', 'finetune', 'sample', 'run']);
  addPromptFile(command);
  command.action(async (corpusFile: string, flags: Flags) => end(await train(await plan(corpusFile, flags))));
}

async function plan(corpusFile: string, flags: Flags): Promise<Plan> {
  refuseTogether(corpusFile, flags);
  const given = await withPromptFile(givenOptions(flags as Readonly<Record<string, unknown>>), flags);
  const out = await claimOut(corpusFile, flags);
  const file = flags.resume ?? flags.init_from;
  // What a saved model says takes the place of the defaults, so the whole is checked later.
  const corpus = await readText(corpusFile, flags.encoding);
  const base = file === undefined ? recipe(flags, given, corpus) : defaults();
  const options = file === undefined ? asUsage(() => checked(base, given)) : { ...base, ...given };
  const saved = file === undefined ? undefined : { file, bytes: readInput(file, 'a saved model') };
  return { corpusFile, corpus, given, options, saved, out, flags };
}

/** Where the model will be saved: from now on no other run writes there. */
async function claimOut(
  corpusFile: string,
  { out, out_last, resume, init_from, force }: Flags,
): Promise<string> {
  const flag = out === undefined ? '--resume' : '--out';
  const inputs: Input[] = [{ what: 'the text', file: corpusFile }];
  if (init_from !== undefined) inputs.push({ what: 'the model to begin with', file: init_from });
  if (resume !== undefined) inputs.push({ what: 'the model to go on with', file: resume, replacedBy: flag });
  const named = out ?? resume;
  const outputs: Output[] = [];
  if (named !== undefined) outputs.push({ flag, file: named, kind: 'model' });
  if (out_last !== undefined) outputs.push({ flag: '--out_last', file: out_last, kind: 'model' });
  await claimOutputs(outputs, inputs, force);
  return named ?? claimFreeName('model.safetensors');
}

/** Who asks for a vocabulary wants one, however short the text. */
function recipe({ preset = DEFAULT_PRESET }: Flags, given: Partial<Options>, { bytes }: Corpus): Options {
  const options = presetOptions(preset, bytes.length);
  return given.vocab_size === undefined ? options : { ...options, tokenizer: 'bpe' };
}

function refuseTogether(corpusFile: string, { resume, init_from, preset, prompt_file }: Flags): void {
  const refuse = (why: string): never => {
    throw new Failure(why, EXIT.usage);
  };
  if (corpusFile === '-' && prompt_file === '-')
    refuse('Standard input cannot be both the text and the prompt; give one of them as a file.');
  if (resume !== undefined && init_from !== undefined)
    refuse('--init_from begins a new run and cannot be combined with --resume, which goes on with one.');
  if (preset !== undefined && (resume ?? init_from) !== undefined)
    refuse(
      `--preset is for a new model and cannot be combined with ${resume === undefined ? '--init_from' : '--resume'}.`,
    );
}

async function train(plan: Plan): Promise<ExitCode> {
  const engine = await loadCore(plan.options);
  const prepared = await prepare(engine, plan).catch((error: unknown) => {
    throw usage(error);
  });
  const report = makeReport(plan.flags.json === true);
  if (!plan.flags.json) introduce(engine, prepared, plan);
  else if ((plan.flags.out ?? plan.flags.resume) === undefined) putJson({ event: 'output', file: plan.out });
  const run = makeRun(engine, prepared, plan);
  const firstStep = run.progress.step;
  if (plan.flags.profile) run.trainer.setProfiling(true);
  const signals = new Signals(() => {
    report.say('Stopping and saving; press Ctrl-C again to leave at once without saving.');
    run.stop();
  });
  whenOutputIsLost(() => run.stop());
  const autosave = keepSaving(run, plan, report);
  run.on((event) => report.take(event));
  try {
    const end = await run.start();
    report.end();
    if (plan.flags.profile && !(end.event === 'failed' && end.crashed))
      putProfile(run, firstStep, plan.flags.json === true);
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
    return prepareTraining(engine, options, corpus, { ...limit, learning: showLearning });
  const from = flags.resume === undefined ? prepareFinetune : prepareResume;
  return aboutFile(saved.file, () => from(engine, saved.bytes, given, corpus, limit));
}

function makeRun(engine: Engine, prepared: Prepared, { options, given }: Plan): Run {
  const every_steps = prepared.options.sample_every;
  if (every_steps === 0) return new Run(engine, prepared);
  // Live samples are generated as this command line says; a saved model has no opinion on them.
  const live = { ...sampleOptions({ ...options, ...given }), seed: prepared.options.seed };
  return new Run(engine, prepared, { sample: { options: live, prompt: options.prompt, every_steps } });
}

function keepSaving(run: Run, { out, flags }: Plan, report: Report): Autosave {
  let told = '';
  const autosave = new Autosave(run.options.save_every, () => {
    // Weights that cannot generate end the run with its next slice; the file keeps what it has.
    if (run.trainer.verify() !== '') return false;
    try {
      writeSafely(out, run.save());
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.message !== told) report.say(`${error.message} Training goes on.`);
      told = error.message;
      return false;
    }
  });
  // What it goes on with is in its file already.
  if (flags.resume !== undefined && areSame(out, flags.resume)) autosave.step = run.progress.weights_step;
  run.on((event) => autosave.take(event));
  return autosave;
}

/** Saves whatever the end was, says it, and turns it into the exit code. */
function finish(
  run: Run,
  end: RunEnd,
  plan: Plan,
  { signal, autosave }: { signal: ExitCode | undefined; autosave: Autosave },
): ExitCode {
  const bytes = save(run, end, plan.out, autosave);
  const last = saveLast(run, plan.flags.out_last);
  if (!plan.flags.json) sayEnd(end, run.options, plan, { bytes, last, autosaved_step: autosave.step });
  if (end.event === 'failed') throw new Failure(end.message);
  const lost = outputLost();
  if (lost !== undefined)
    throw new Failure(
      `${lost === 'reader' ? 'Nobody reads the output any more' : `The output cannot be written (${reason(lost)})`}, ` +
        `so training stopped at step ${end.step}; the model is saved in ${plan.out}.`,
    );
  return signal ?? EXIT.ok;
}

/** Answers with the size of what it has written, if there was something better than what the file has already. */
function save(run: Run, end: RunEnd, out: string, autosave: Autosave): number | undefined {
  if (end.step === 0 && end.event === 'done') return undefined;
  // After a failure there are only weights, and a file with the same ones can be gone on with.
  if (end.event === 'failed' && (end.crashed || autosave.step === end.weights_step)) return undefined;
  const bytes = run.save();
  writeOrRescue(out, bytes);
  return bytes.length;
}

/** The weights of the last step, where the run has ended with earlier ones: what became of them. */
function saveLast(run: Run, out: string | undefined): 'none' | 'lost' | 'saved' {
  if (!run.hasLastWeights()) return 'none';
  if (out === undefined) return 'lost';
  writeOrRescue(out, run.saveToExtend());
  return 'saved';
}
