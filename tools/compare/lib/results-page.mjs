// What is written: the tables, where and how they were taken, what everybody was given, and who is missing.
import { tables } from './tables.mjs';

/** All of it, for RESULTS.md. */
export function resultsPage(run) {
  const notes = [...given(run), ...absent(run)].map((line) => `- ${line}\n`);
  return `${resultsInBrief(run)}\n${method(run)}\n\n${notes.join('')}`;
}

/** What the README shows. */
export function resultsInBrief(run) {
  return `${tables(run)}\n${whereAndWhen(run)}\n`;
}

function whereAndWhen({ about, took }) {
  const { date, processor, cores, vectors, memory, system, load, nice } = about;
  const machine = `${cores} ${cores === 1 ? 'core' : 'cores'} of ${processor}${vectors ? ` (${vectors})` : ''}`;
  const busy = load > cores / 2 ? ', which is so much that these figures say little' : '';
  const favour = nice === 0 ? '' : ` It ran at nice ${nice}, which favours what runs in Chromium.`;
  return (
    `Measured by \`npm run compare\` on ${date}, in ${took}, on ${machine}, ${memory}, ${system}, Node ` +
    `${process.versions.node}; load average before: ${load.toFixed(1)}${busy}.${favour}`
  );
}

function method({ rounds, seconds }) {
  return `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. In a round every workload is run by one contender after
the other, each in a process of its own, for about ${seconds} s after warming up; what takes longer than 20 s, and
mini-llm's build without relaxed SIMD, is run in the first round only. float32, dropout 0, vocabulary 256. A step is
forward, backward, clipping of the gradient and AdamW; generation is one sequence that fills the context from one token.
The ratios are of tokens a second, and of the build of mini-llm that is fastest on the whole: in Chromium over what runs
in Chromium, in Node over the rest.`;
}

function given({ contenders, missing }) {
  return contenders.filter((c) => !missing.has(c)).map(({ title, given }) => `${title}: ${given}.`);
}

/** A line for everyone and everything that could not be measured. */
function absent({ contenders, workloads, threadCounts, missing, measurements }) {
  return contenders.flatMap((contender) => {
    if (missing.has(contender)) return [`${contender.title} is missing: ${missing.get(contender)}.`];
    return workloads.flatMap((workload) =>
      threadCounts.flatMap((threads) => {
        const why = measurements.failure(contender, workload, threads);
        const where = `${workload.name} on ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
        return why ? [`${contender.title} has no ${where}: ${why}.`] : [];
      }),
    );
  });
}
