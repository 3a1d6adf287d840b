// mini-llm train: trains a model on a text and saves it.

import { Option, type Command } from 'commander';
import type { Engine } from '../engine/engine.ts';
import { memoryLimit } from '../engine/node.ts';
import { prepareFinetune, prepareResume, prepareTraining, type Prepared } from '../engine/prepare.ts';
import { DEFAULT_PRESET, PRESETS } from '../engine/presets.ts';
import type { Run, RunEnd } from '../engine/run.ts';
import { printBanner } from './banner.ts';
import { loadCore } from './core.ts';
import { EXIT, Failure, Signals, type ExitCode } from './exit.ts';
import { reason, writeOrRescue } from './files.ts';
import { addFlags, HEADINGS, usageError, withFileName } from './flags.ts';
import { addPromptFile, addTextFlags } from './inputs.ts';
import { recipeNotes } from './recipe.ts';
import { makeReport, vocabularyProgress } from './report.ts';
import { Runner } from './runner.ts';
import { Saving } from './saving.ts';
import { printProfile, printSummary, type Saved } from './summary.ts';
import { readPageFile } from './page-files.ts';
import { makePlan, type Flags, type Plan } from './train-plan.ts';
import { drained, onOutputLost, outputLost, printJson } from './terminal.ts';

const PRESET_NAMES = PRESETS.map(({ name }) => name);

export function addTrain(program: Command, end: (code: ExitCode) => void): void {
  const command = program
    .command('train')
    .description('train a model on a text file')
    .argument(
      '<corpus>',
      'the text to train on: a file (also .docx, .epub, .pdf, .html, .srt, .csv, .json, .zip), or - for standard input',
    )
    .option('--out <file>', 'save the model here [model.safetensors, or the next free name]')
    .option(
      '--out_last <file>',
      'also save the weights of the last step here, if the run ends with earlier weights that validated better',
    )
    .option('--force', 'let --out and --out_last replace files that are not models')
    .option('--resume <file>', 'continue training a saved model; flags replace the saved options')
    .option(
      '--init_from <file>',
      'fine-tune a saved model, or a folder with one of another program, on any text, with its tokenizer and a lower default lr',
    )
    .addOption(
      new Option(
        '--preset <name>',
        `set of options to start from (${PRESET_NAMES.join(', ')}) [${DEFAULT_PRESET}]`,
      ).choices(PRESET_NAMES),
    )
    .option(
      '--recipe <file>',
      'repeat the run of this recipe or saved model on the same text; flags replace its options',
    )
    .option('--other_text', 'let --recipe train on another text than its own')
    .option('--json', 'print every event as one line of JSON')
    .option('--profile', 'print the time of each operation at the end');
  addTextFlags(command);
  addFlags(command, ['model', 'train', 'finetune', 'sample', 'run']);
  command.addOption(
    new Option(
      '--no-reproducible',
      'with --resume or --recipe, let a reproducible run go on in the fastest build',
    ).helpGroup(HEADINGS.run),
  );
  addPromptFile(command);
  command.action(async (corpusFile: string, flags: Flags) =>
    end(await train(await makePlan(corpusFile, flags))),
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
  const saving = new Saving(plan, prepared, (message) => report.say(message));
  const runner = new Runner(plan, (run) => {
    if (plan.flags.profile) run.trainer.setProfiling(true);
    saving.follow(run);
    run.on((event) => report.take(event));
  });
  const signals = new Signals(() => {
    report.say('Stopping and saving; press Ctrl-C again to exit without saving.');
    runner.stop();
  });
  onOutputLost(() => runner.stop());
  try {
    const { run, firstStep, end } = await runner.train(engine, prepared);
    report.end();
    if (plan.flags.profile && !(end.event === 'failed' && end.crashed))
      printProfile(run, firstStep, plan.flags.json === true);
    const code = finish(run, end, plan, { signal: signals.received, saving });
    await drained();
    return code;
  } finally {
    report.end();
    await runner.delete();
  }
}

async function prepare(engine: Engine, plan: Plan): Promise<Prepared> {
  const prepared = await prepareStart(engine, plan);
  const notes = plan.recipe ? recipeNotes(plan.recipe, engine.reproducible) : [];
  return { ...prepared, notes: [...notes, ...prepared.notes] };
}

async function prepareStart(
  engine: Engine,
  { corpus, given, options, saved, flags }: Plan,
): Promise<Prepared> {
  const limit = { memoryLimit: memoryLimit() };
  if (saved === undefined)
    return prepareTraining(engine, options, corpus, {
      ...limit,
      learning: vocabularyProgress(),
      read: readPageFile,
    });
  const from = flags.resume === undefined ? prepareFinetune : prepareResume;
  return withFileName(saved.file, () => from(engine, saved.bytes, given, corpus, limit));
}

/** Saves the model, prints the summary and returns the exit code. */
function finish(
  run: Run,
  end: RunEnd,
  plan: Plan,
  { signal, saving }: { signal: ExitCode | undefined; saving: Saving },
): ExitCode {
  const bytes = saving.atEnd(run, end);
  const last = saveLast(run, plan.flags.out_last);
  if (!plan.flags.json)
    printSummary(end, run.options, plan, { bytes, last, autosaved_step: saving.autosavedStep });
  if (end.event === 'failed') throw new Failure(end.message);
  const lost = outputLost();
  if (lost !== undefined)
    throw new Failure(
      `${lost === 'closed' ? 'The reader of the output has exited' : `The output cannot be written (${reason(lost)})`}, ` +
        `so training stopped at step ${end.step}; the model is saved in ${plan.out}.`,
    );
  return signal ?? EXIT.ok;
}

/** Saves the weights of the last step if the run ended with earlier ones and --out_last names a file. */
function saveLast(run: Run, out: string | undefined): Saved['last'] {
  if (!run.hasLastWeights()) return 'none';
  if (out === undefined) return 'lost';
  writeOrRescue(out, run.saveToExtend());
  return { file: out };
}
