// Principal components against what defines them, and against plain power iteration.

import fc from 'fast-check';
import { coordinate, dot, principalAxes } from '../web/engine/pca.ts';

/** Rows whose numbers have these deviations, turned by an orthogonal matrix. */
function cloud(n: number, deviations: readonly number[], seed: number): Float64Array {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 22695477) + 1) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const width = deviations.length;
  const direction = Array.from({ length: width }, random);
  const length2 = dot(direction, direction);
  const rows = new Float64Array(n * width);
  for (let r = 0; r < n; r++) {
    const row = deviations.map((deviation) => deviation * random());
    // Householder's reflection is orthogonal.
    const along = (2 * dot(row, direction)) / length2;
    row.forEach((x, i) => (rows[r * width + i] = x - along * direction[i]! + 3));
  }
  return rows;
}

/** The largest variance of centered rows by power iteration without a covariance matrix, and its direction. */
function powerIteration(rows: Float64Array, width: number): { variance: number; axis: number[] } {
  const n = rows.length / width;
  const mean = Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let r = 0; r < n; r++) sum += rows[r * width + i]!;
    return sum / n;
  });
  let axis = mean.map((_, i) => 1 + i);
  let variance = 0;
  for (let iteration = 0; iteration < 3000; iteration++) {
    const next = new Array<number>(width).fill(0);
    for (let r = 0; r < n; r++) {
      let along = 0;
      for (let i = 0; i < width; i++) along += (rows[r * width + i]! - mean[i]!) * axis[i]!;
      for (let i = 0; i < width; i++) next[i]! += (along * (rows[r * width + i]! - mean[i]!)) / (n - 1);
    }
    variance = Math.sqrt(dot(next, next));
    axis = next.map((x) => x / variance);
  }
  return { variance, axis };
}

test('the first axis is that of power iteration', () => {
  const rows = cloud(200, [5, 3, 2, 1, 0.5], 7);
  const { axes, variances } = principalAxes(rows, 5, 2);
  const { variance, axis } = powerIteration(rows, 5);
  expect(variances[0]).toBeCloseTo(variance, 8);
  expect(Math.abs(dot(axes[0]!, axis))).toBeCloseTo(1, 8);
});

test('axes are orthogonal and of length 1, and the coordinates have the variances', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 40 }),
      fc.integer({ min: 2, max: 24 }),
      fc.integer({ min: 1, max: 1e6 }),
      (n, width, seed) => {
        const rows = cloud(
          n,
          Array.from({ length: width }, (_, i) => 1 + (i % 5)),
          seed,
        );
        const principal = principalAxes(rows, width, 2);
        const { axes, variances, total } = principal;
        axes.forEach((a, i) => axes.forEach((b, j) => expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 9)));
        axes.forEach((axis, i) => {
          const along = Array.from({ length: n }, (_, r) =>
            coordinate(rows.subarray(r * width, (r + 1) * width), principal, axis),
          );
          expect(along.reduce((a, b) => a + b) / n).toBeCloseTo(0, 9);
          expect(dot(along, along) / (n - 1)).toBeCloseTo(variances[i]!, 8);
        });
        expect(variances[0]! + variances[1]!).toBeLessThanOrEqual(total + 1e-9);
        expect(variances[0]).toBeGreaterThanOrEqual(variances[1]!);
      },
    ),
    { numRuns: 60 },
  );
});

test('all axes together explain everything', () => {
  const { variances, total } = principalAxes(cloud(50, [4, 3, 2, 1], 3), 4, 4);
  expect(variances.reduce((a, b) => a + b)).toBeCloseTo(total, 9);
});

test('the same rows give the same bits, and the largest number of each axis is positive', () => {
  const rows = cloud(30, [3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1], 11);
  const first = principalAxes(rows, 12, 2);
  expect(principalAxes(rows, 12, 2)).toEqual(first);
  for (const axis of first.axes) {
    const largest = Math.max(...axis.map(Math.abs));
    expect(axis.some((x) => x === largest)).toBe(true);
  }
});

test('rows that do not differ, and a single row, have no variance', () => {
  for (const rows of [Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3, 1, 2, 3)]) {
    const { axes, variances, total } = principalAxes(rows, 3, 2);
    expect([variances, total]).toEqual([[0, 0], 0]);
    expect(axes.map((axis) => dot(axis, axis))).toEqual([1, 1]);
  }
  expect(() => principalAxes([1], 1, 2)).toThrow('Rows of 1 numbers have no 2 principal axes.');
});
