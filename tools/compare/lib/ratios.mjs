// How many times as fast: mini-llm over others, in Chromium over in Node, and on more threads over on one.
import { figuresOf } from './measurements.mjs';
import { geometricMean } from './statistics.mjs';

const COLUMNS = { ms_per_step: '', cached: ' with cache', uncached: ' without', int8: ' int8 with cache' };

/** {columns: [title], rows: [{title, threads, values}]}, a value for each column, or undefined. */
export function ratios(run) {
  const columns = figuresIn(run);
  const values = (ours, threads, theirs, theirThreads = threads) =>
    columns.map(({ workload, figure }) => {
      // Others have no int8; there the ratio is over what they have.
      const theirFigure = figure === 'int8' && !theirs.ours ? 'cached' : figure;
      const a = run.measurements.speed(ours, workload, threads, figure);
      const b = run.measurements.speed(theirs, workload, theirThreads, theirFigure);
      return a && b ? a / b : undefined;
    });
  return {
    columns: columns.map(({ workload, figure }) => `${workload.name}${COLUMNS[figure]}`),
    rows: pairs(run).map(({ title, threads, pair }) => ({ title, threads, values: values(...pair) })),
  };
}

/** {title, threads, pair: the arguments of `values`} */
function pairs(run) {
  const { contenders, threadCounts } = run;
  const inNode = contenders.filter(({ ours, place }) => ours && place === 'Node');
  const fastest = { Node: fastestBuild(run, 'Node'), Chromium: fastestBuild(run, 'Chromium') };
  const onAll = (title, ours, theirs) =>
    ours ? threadCounts.map((threads) => ({ title, threads, pair: [ours, threads, theirs] })) : [];
  return [
    ...contenders
      .filter(({ ours }) => !ours)
      .flatMap((other) =>
        onAll(
          `mini-llm over ${other.title}`,
          fastest[other.place === 'Chromium' ? 'Chromium' : 'Node'],
          other,
        ),
      ),
    ...inNode.flatMap((node) => {
      const there = contenders.find(({ ours, place }) => ours === node.ours && place === 'Chromium');
      return onAll(`${node.short}, Chromium over Node`, there, node);
    }),
    ...inNode.flatMap((node) =>
      threadCounts.slice(1).map((threads) => ({
        title: `${node.short}, Node, over one thread`,
        threads,
        pair: [node, threads, node, threadCounts[0]],
      })),
    ),
  ];
}

function figuresIn({ workloads, contenders, threadCounts, measurements }) {
  const measured = (workload, figure) =>
    contenders.some((c) =>
      threadCounts.some((n) => measurements.figure(c, workload, n, figure) !== undefined),
    );
  return workloads.flatMap((workload) =>
    figuresOf(workload)
      .filter((figure) => measured(workload, figure))
      .map((figure) => ({ workload, figure })),
  );
}

/** Of mini-llm's builds in one place, the one with the best geometric mean over what all of them have done. */
function fastestBuild({ contenders, workloads, threadCounts, measurements }, place) {
  const work = workloads.flatMap((w) => threadCounts.flatMap((n) => figuresOf(w).map((f) => [w, n, f])));
  const speed = (build) => (what) => measurements.speed(build, ...what);
  const builds = contenders.filter((c) => c.ours && c.place === place && work.some(speed(c)));
  const common = work.filter((what) => builds.every((build) => speed(build)(what)));
  const means = builds.map((build) => geometricMean(common.map(speed(build))));
  // Without anything in common every mean is NaN, and the first one will do.
  return builds[Math.max(0, means.indexOf(Math.max(...means)))];
}
