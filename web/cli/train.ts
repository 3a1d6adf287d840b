// mini-llm train: a text in, a model file out.

import path from 'node:path';
import { Option, type Command } from 'commander';
import { sampleOptions } from '../engine/convert.ts';
import { makeCorpus, type Corpus } from '../engine/corpus.ts';
import type { Engine } from '../engine/engine.ts';
import { loadNodeEngine, memoryLimit } from '../engine/node.ts';
import { defaults, type Options } from '../engine/options.ts';
import { prepareFinetune, prepareResume, prepareTraining, type Prepared } from '../engine/prepare.ts';
import { DEFAULT_PRESET, PRESETS, presetOptions, type PresetName } from '../engine/presets.ts';
import { Run, type RunEnd } from '../engine/run.ts';
import { checked } from '../engine/validate.ts';
import { Autosave } from './autosave.ts';
import { EXIT, Failure, type ExitCode } from './exit.ts';
import { readInput, reason, writeOrRescue, writeSafely } from './files.ts';
import { aboutFile, addFlags, asUsage, givenOptions, usage } from './flags.ts';
import { introduce } from './introduce.ts';
import { showLearning } from './learning.ts';
import { putProfile } from './put-profile.ts';
import { claimFreeName, claimOutputs, type Input } from './outputs.ts';
import { makeReport, type Report } from './report.ts';
import { sayEnd } from './say-end.ts';
import { Signals } from './signals.ts';
import { drained, outputLost, putJson, whenOutputIsLost } from './terminal.ts';

interface Flags {
  out?: string;
  resume?: string;
  init_from?: string;
  preset?: PresetName;
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
    .argument('<corpus>', 'the text to learn from: any file in UTF-8')
    .option('--out <file>', 'where to save the model [model.safetensors, or the next free name]')
    .option('--force', 'let --out replace a file that is not a model')
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
    .option('--json', 'print one JSON object a line for every event')
    .option('--profile', 'show at the end where the time went, operation by operation');
  addFlags(command, ['model', 'train', 'finetune', 'sample', 'run']);
  command.action(async (corpusFile: string, flags: Flags) => end(await train(await plan(corpusFile, flags))));
}

async function plan(corpusFile: string, flags: Flags): Promise<Plan> {
  const given = givenOptions(flags as Readonly<Record<string, unknown>>);
  refuseTogether(flags);
  const out = await claimOut(corpusFile, flags);
  const file = flags.resume ?? flags.init_from;
  // What a saved model says takes the place of the defaults, so the whole is checked later.
  const corpus = makeCorpus(readInput(corpusFile, 'a text'), path.basename(corpusFile));
  const base = file === undefined ? recipe(flags, given, corpus) : defaults();
  const options = file === undefined ? asUsage(() => checked(base, given)) : { ...base, ...given };
  const saved = file === undefined ? undefined : { file, bytes: readInput(file, 'a saved model') };
  return { corpusFile, corpus, given, options, saved, out, flags };
}

/** Where the model will be saved: from now on no other run writes there. */
async function claimOut(corpusFile: string, { out, resume, init_from, force }: Flags): Promise<string> {
  const file = out ?? resume;
  if (file === undefined) return claimFreeName('model.safetensors');
  const inputs: Input[] = [{ what: 'the text', file: corpusFile }];
  if (init_from !== undefined) inputs.push({ what: 'the model to begin with', file: init_from });
  if (resume !== undefined)
    inputs.push({ what: 'the model to go on with', file: resume, replacedBy: '--out' });
  await claimOutputs([{ flag: '--out', file, kind: 'model' }], inputs, force);
  return file;
}

/** Who asks for a vocabulary wants one, however short the text. */
function recipe({ preset = DEFAULT_PRESET }: Flags, given: Partial<Options>, { bytes }: Corpus): Options {
  const options = presetOptions(preset, bytes.length);
  return given.vocab_size === undefined ? options : { ...options, tokenizer: 'bpe' };
}

function refuseTogether({ resume, init_from, preset }: Flags): void {
  const refuse = (why: string): never => {
    throw new Failure(why, EXIT.usage);
  };
  if (resume !== undefined && init_from !== undefined)
    refuse('--init_from begins a new run and cannot be combined with --resume, which goes on with one.');
  if (preset !== undefined && (resume ?? init_from) !== undefined)
    refuse(
      `--preset is for a new model and cannot be combined with ${resume === undefined ? '--init_from' : '--resume'}.`,
    );
}

async function train(plan: Plan): Promise<ExitCode> {
  const engine = await loadNodeEngine(plan.options);
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
  keepSaving(run, plan.out, report);
  run.on((event) => report.take(event));
  try {
    const end = await run.start();
    report.end();
    if (plan.flags.profile && !(end.event === 'failed' && end.crashed))
      putProfile(run, firstStep, plan.flags.json === true);
    const code = finish(run, end, plan, signals.received);
    await drained();
    return code;
  } finally {
    report.end();
    signals.release();
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

function keepSaving(run: Run, out: string, report: Report): void {
  const autosave = new Autosave(run.options.save_every, () => {
    try {
      writeSafely(out, run.save());
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      report.say(`${error.message} Training goes on.`);
    }
  });
  run.on((event) => autosave.take(event));
}

/** Saves whatever the end was, says it, and turns it into the exit code. */
function finish(run: Run, end: RunEnd, plan: Plan, signal: ExitCode | undefined): ExitCode {
  const crashed = end.event === 'failed' && end.crashed;
  const saved = !crashed && end.step > 0 ? run.save() : undefined;
  if (saved) writeOrRescue(plan.out, saved);
  if (!plan.flags.json) sayEnd(end, run.options, plan, saved?.length);
  if (end.event === 'failed') throw new Failure(end.message);
  const lost = outputLost();
  if (lost !== undefined)
    throw new Failure(
      `${lost === 'reader' ? 'Nobody reads the output any more' : `The output cannot be written (${reason(lost)})`}, ` +
        `so training stopped at step ${end.step}; the model is saved in ${plan.out}.`,
    );
  return signal ?? EXIT.ok;
}
