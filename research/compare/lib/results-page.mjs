// The results as Markdown: the tables, the machine and the method, each system's setup, and what is missing.
import { tables } from './tables.mjs';

/** The whole page, for RESULTS.md. */
export function resultsPage(run) {
  const notes = [...setups(run), ...gaps(run)].map((line) => `- ${line}\n`);
  return `${resultsInBrief(run)}\n${method(run)}\n\n${notes.join('')}`;
}

/** The tables and where they come from, for docs/BENCHMARKS.md. */
export function resultsInBrief(run) {
  return `${tables(run)}\n${whereAndWhen(run)}\n`;
}

function whereAndWhen({ about, duration }) {
  const { date, processor, cores, vectors, memory, system, load, nice } = about;
  const machine = `${cores} ${cores === 1 ? 'core' : 'cores'} of ${processor}${vectors ? ` (${vectors})` : ''}`;
  const busy = load > cores / 2 ? ', so the machine was too busy for these figures to say much' : '';
  const favor = nice === 0 ? '' : ` It ran at nice ${nice}, which favors what runs in Chromium.`;
  return (
    `Measured by \`npm run compare\` on ${date}, in ${duration}, on ${machine}, ${memory}, ${system}, Node ` +
    `${process.versions.node}; load average before: ${load.toFixed(1)}${busy}.${favor}`
  );
}

function method({ rounds, seconds }) {
  return `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. In each round every workload runs on one system after the other,
each in its own process, for about ${seconds} s after warming up. Anything that takes longer than 20 s, and mini-llm's build
without relaxed SIMD, runs in the first round only. float32, dropout 0, vocabulary 256. A step is forward, backward,
gradient clipping and AdamW; generation starts with one token and fills the context with one sequence. The ratios compare
tokens/s and take mini-llm's fastest build: in Chromium for baselines that run in Chromium, in each Node for the others.`;
}

function setups({ systems, missing }) {
  return systems.filter((s) => !missing.has(s)).map(({ title, setup }) => `${title}: ${setup}.`);
}

/** A line for every system and workload that could not be measured. */
function gaps({ systems, workloads, threadCounts, missing, measurements }) {
  return systems.flatMap((system) => {
    if (missing.has(system)) return [`${system.title} is missing: ${missing.get(system)}.`];
    return workloads.flatMap((workload) =>
      threadCounts.flatMap((threads) => {
        const reason = measurements.failure(system, workload, threads);
        const where = `${workload.name} on ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
        return reason ? [`${system.title} has no ${where}: ${reason}.`] : [];
      }),
    );
  });
}
