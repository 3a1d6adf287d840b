// The order of the measurements: in every round each workload runs on one system after the other, so that other
// load on the machine slows all of them alike.
import { say } from '../../../tools/lib/report.mjs';

/** A measurement that takes longer is not repeated in later rounds. */
const LONG_MS = 20_000;

export async function measureInRounds({ systems, workloads, threadCounts, rounds, seconds }, measurements) {
  const finished = new Set();
  for (let round = 1; round <= rounds; round++)
    for (const workload of workloads)
      for (const threads of threadCounts)
        for (const system of systems) {
          const job = `${system.id} ${workload.name} ${threads}`;
          if (!system.kinds.includes(workload.kind) || finished.has(job)) continue;
          const label = `round ${round}/${rounds}: ${workload.name}, ${threads} thread${threads === 1 ? '' : 's'}, ${system.title}`;
          const start = performance.now();
          const ok = await measureOnce(system, { ...workload, threads, seconds }, measurements, label);
          if (!ok || system.once || performance.now() - start > LONG_MS) finished.add(job);
        }
}

async function measureOnce(system, job, measurements, label) {
  try {
    const figures = await system.measure(job);
    const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)}`);
    say(`${label}: ${shown.join(', ')}`);
    measurements.add(system, job, job.threads, figures);
    return true;
  } catch (error) {
    // The other lines are a stack.
    const reason = error.message.split('\n')[0];
    say(`${label}: ${reason}`);
    measurements.fail(system, job, job.threads, reason);
    return false;
  }
}
