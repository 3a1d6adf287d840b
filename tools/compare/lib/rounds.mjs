// Who is measured when: round after round, and within a round every workload by one contender after the other,
// so that whatever else the machine does meets them all alike.
import { say } from '../../lib/report.mjs';

/** A measurement that took longer than this is not repeated in later rounds. */
const LONG_MS = 20_000;

export async function measureInRounds(
  { contenders, workloads, threadCounts, rounds, seconds },
  measurements,
) {
  const settled = new Set();
  for (let round = 1; round <= rounds; round++) {
    for (const workload of workloads) {
      for (const threads of threadCounts) {
        for (const contender of contenders.filter((c) => c.kinds.includes(workload.kind))) {
          const job = `${contender.id} ${workload.name} ${threads}`;
          if (settled.has(job) || (round > 1 && contender.once)) continue;
          const start = performance.now();
          const ok = await measureOnce(
            contender,
            workload,
            threads,
            seconds,
            measurements,
            `${round}/${rounds}`,
          );
          if (!ok || performance.now() - start > LONG_MS) settled.add(job);
        }
      }
    }
  }
}

async function measureOnce(contender, workload, threads, seconds, measurements, round) {
  const what = `round ${round}: ${workload.name}, ${threads} thread${threads === 1 ? '' : 's'}, ${contender.title}`;
  try {
    const figures = await contender.measure({ ...workload, threads, seconds });
    const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)}`);
    say(`${what}: ${shown.join(', ')}`);
    measurements.add(contender, workload, threads, figures);
    return true;
  } catch (error) {
    // What follows the first line is a stack.
    const why = error.message.split('\n')[0];
    say(`${what}: ${why}`);
    measurements.fail(contender, workload, threads, why);
    return false;
  }
}
