// What the study found, as Markdown.
import { machine } from '../compare/lib/machine.mjs';
import { markdownTable } from '../compare/lib/markdown.mjs';
import { RECIPES } from './recipes.mjs';
import { TEXTS } from './texts.mjs';

/** Bits per byte by recipe and seconds; the least of each column stands out. */
function bitsTable(text, { recipes, budgets, jobs }) {
  const of = (recipe, seconds) =>
    jobs.find((job) => job.text === text && job.recipe === recipe && job.seconds === seconds);
  const least = (seconds) =>
    Math.min(...recipes.map((recipe) => of(recipe, seconds)?.validation ?? Infinity));
  const cell = (recipe, seconds) => {
    const found = of(recipe, seconds);
    if (!found) return '';
    const { validation, training, step, max_steps } = found;
    const bits = validation.toFixed(3);
    const steps = step === max_steps ? `${step}` : `${step} of ${max_steps}`;
    return `${validation === least(seconds) ? `**${bits}**` : bits} (${training.toFixed(2)}; ${steps})`;
  };
  const rows = recipes.map((recipe) => [recipe, ...budgets.map((seconds) => cell(recipe, seconds))]);
  return `## ${TEXTS[text].title}\n\n${markdownTable(['recipe', ...budgets.map((s) => `${s} s`)], rows)}`;
}

function flags(options) {
  return `\`${Object.entries(options)
    .map(([option, value]) => `--${option} ${value}`)
    .join(' ')}\``;
}

function recipeTable({ recipes, times }) {
  const rows = recipes.map((name, i) => [
    name,
    times.get(name).toFixed(1),
    flags(i === 0 ? RECIPES[name].options : RECIPES[name].changes),
  ]);
  return `## The recipes\n\n${markdownTable(['recipe', 'ms a step', 'options that differ from the first'], rows)}`;
}

export function studyPage(study) {
  const { date, cores, processor } = machine();
  const intro = `# Which options learn most in so many seconds

Written by \`npm run study\` on ${date}, on ${cores} cores of ${processor}. Bits per byte over the whole validation part, which is
the last tenth of the text; in brackets those of the training step at that point, and the step. Each run's learning rate
falls to its end within the seconds, which are steps times the time of a step on all cores, measured beforehand and by
turns; looking at the validation part (20 times in a run, which ends after three in vain) and learning the vocabulary
do not count. One seed.`;
  return [`${intro}\n`, ...study.texts.map((text) => bitsTable(text, study)), recipeTable(study)].join('\n');
}
