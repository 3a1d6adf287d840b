// The study's results as Markdown.
import { machine, markdownTable } from '../lib/report.mjs';
import { CONFIGURATIONS } from './configurations.mjs';
import { TEXTS } from './texts.mjs';

/** Bits per byte by configuration and training time; the best of each column is bold. */
function bitsTable(text, { configurations, durations, jobs }) {
  const jobOf = (configuration, seconds) =>
    jobs.find((job) => job.text === text && job.configuration === configuration && job.seconds === seconds);
  const best = (seconds) =>
    Math.min(...configurations.map((configuration) => jobOf(configuration, seconds)?.validation ?? Infinity));
  const cell = (configuration, seconds) => {
    const job = jobOf(configuration, seconds);
    if (!job) return '';
    const { validation, training, step, max_steps } = job;
    const bits = validation.toFixed(3);
    const steps = step === max_steps ? `${step}` : `${step} of ${max_steps}`;
    return `${validation === best(seconds) ? `**${bits}**` : bits} (${training.toFixed(2)}; ${steps})`;
  };
  const rows = configurations.map((name) => [name, ...durations.map((seconds) => cell(name, seconds))]);
  const head = ['configuration', ...durations.map((seconds) => `${seconds} s`)];
  return `## ${TEXTS[text].title}\n\n${markdownTable(head, rows)}`;
}

function flags(options) {
  return `\`${Object.entries(options)
    .map(([option, value]) => `--${option} ${value}`)
    .join(' ')}\``;
}

function configurationTable({ configurations, times }) {
  const rows = configurations.map((name, i) => [
    name,
    times.get(name).toFixed(1),
    flags(i === 0 ? CONFIGURATIONS[name].options : CONFIGURATIONS[name].changes),
  ]);
  const head = ['configuration', 'ms/step', 'options that differ from the first'];
  return `## The configurations\n\n${markdownTable(head, rows)}`;
}

export function studyPage(study) {
  const { date, cores, processor } = machine();
  const intro = `# Which options learn most in a given time

Written by \`npm run study\` on ${date}, on ${cores} cores of ${processor}, with one seed. Each cell is the bits per byte over the
whole validation split, the last tenth of the text, at its best step; in brackets those of the training batch at that step,
and the step. A run's learning rate decays to its minimum within the given time. That time is the number of steps times
the time of a step on all cores, which is measured beforehand, in rounds. Evaluations (20 in a run, which ends after three
without an improvement) and learning the vocabulary do not count.`;
  const tables = study.texts.map((text) => bitsTable(text, study));
  return [`${intro}\n`, ...tables, configurationTable(study)].join('\n');
}
