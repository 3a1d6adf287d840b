// Speed ratios: mini-llm over the baselines, each place over the first Node, and several threads over one.
import { geometricMean } from '../../lib/statistics.mjs';
import { figuresOf } from './measurements.mjs';

const SUFFIXES = { ms_per_step: '', cached: ' with cache', uncached: ' without', int8: ' int8 with cache' };

/** {columns: [title], rows: [{title, threads, values}]} with a number or undefined for each column. */
export function ratios(run) {
  const columns = measuredColumns(run);
  const ratio = ([a, aThreads], [b, bThreads], { workload, figure }) => {
    // Baselines have no int8: their float32 with cache is the reference.
    const bFigure = figure === 'int8' && !b.build ? 'cached' : figure;
    const numerator = run.measurements.speed(a, workload, aThreads, figure);
    const denominator = run.measurements.speed(b, workload, bThreads, bFigure);
    return numerator && denominator ? numerator / denominator : undefined;
  };
  return {
    columns: columns.map(({ workload, figure }) => `${workload.name}${SUFFIXES[figure]}`),
    rows: pairs(run).map(({ title, a, b }) => ({
      title,
      threads: a[1],
      values: columns.map((column) => ratio(a, b, column)),
    })),
  };
}

/** The ratios of a to b: {title, a, b}, where a and b are [system, threads]. */
function pairs(run) {
  const { systems, threadCounts } = run;
  const ours = systems.filter(({ build }) => build);
  const runtimes = [...new Set(ours.map(({ runtime }) => runtime))];
  const fastest = new Map(
    runtimes.map((runtime) => [
      runtime,
      fastestBuild(
        run,
        ours.filter((system) => system.runtime === runtime),
      ),
    ]),
  );
  const onSameThreads = (title, a, b) =>
    a && b ? threadCounts.map((threads) => ({ title, a: [a, threads], b: [b, threads] })) : [];
  const nodes = runtimes.filter((runtime) => runtime !== 'Chromium');
  const baselines = systems.filter(({ build }) => !build);
  return [
    ...baselines.flatMap((baseline) =>
      (baseline.place === 'Chromium' ? ['Chromium'] : nodes).flatMap((runtime) =>
        onSameThreads(`mini-llm in ${runtime} over ${baseline.title}`, fastest.get(runtime), baseline),
      ),
    ),
    ...runtimes
      .filter((runtime) => runtime !== nodes[0])
      .flatMap((runtime) =>
        onSameThreads(`mini-llm, ${runtime} over ${nodes[0]}`, fastest.get(runtime), fastest.get(nodes[0])),
      ),
    ...ours
      .filter(({ place }) => place === 'Node')
      .flatMap((system) =>
        threadCounts.slice(1).map((threads) => ({
          title: `${system.short}, ${system.runtime}, over one thread`,
          a: [system, threads],
          b: [system, threadCounts[0]],
        })),
      ),
  ];
}

function measuredColumns({ workloads, systems, threadCounts, measurements }) {
  const isMeasured = (workload, figure) =>
    systems.some((s) => threadCounts.some((n) => measurements.figure(s, workload, n, figure) !== undefined));
  return workloads.flatMap((workload) =>
    figuresOf(workload)
      .filter((figure) => isMeasured(workload, figure))
      .map((figure) => ({ workload, figure })),
  );
}

/** The build with the best geometric mean over the work that all of them have done. */
function fastestBuild({ workloads, threadCounts, measurements }, candidates) {
  const work = workloads.flatMap((w) => threadCounts.flatMap((n) => figuresOf(w).map((f) => [w, n, f])));
  const speed = (build) => (item) => measurements.speed(build, ...item);
  const builds = candidates.filter((build) => work.some(speed(build)));
  const common = work.filter((item) => builds.every((build) => speed(build)(item)));
  const means = builds.map((build) => geometricMean(common.map(speed(build))));
  // Without common work every mean is NaN and the first build is taken.
  return builds[Math.max(0, means.indexOf(Math.max(...means)))];
}
