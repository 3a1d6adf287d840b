// Principal component analysis: the directions along which rows of numbers differ most. By subspace iteration on the
// covariance matrix, which the same numbers always lead to the same bits.

export interface Principal {
  /** [k][width], of length 1, orthogonal, largest variance first; the largest of each one's numbers is positive. */
  axes: Float64Array[];
  /** The variance along each. */
  variances: number[];
  /** The variance along all directions together. */
  total: number;
  /** What is subtracted from each row before. */
  mean: Float64Array;
}

/** More directions than are wanted make the wanted ones settle sooner. */
const SPARE = 8;
const MOST_ITERATIONS = 500;
/** Relative change of a variance at which it counts as settled. */
const SETTLED = 1e-12;

/** `rows` [n, width]; k is at most the width. */
export function principalAxes(rows: ArrayLike<number>, width: number, k: number): Principal {
  if (k > width) throw new Error(`Rows of ${width} numbers have no ${k} principal axes.`);
  const n = rows.length / width;
  const mean = meanRow(rows, width);
  const covariance = covarianceOf(rows, width, mean);
  const total = covariance.reduce((sum, row, i) => sum + row[i]!, 0);
  if (n < 2 || total === 0)
    return { axes: unitAxes(width, k), variances: Array<number>(k).fill(0), total: 0, mean };
  let basis = orthonormal(startingVectors(width, Math.min(width, k + SPARE)));
  let variances: number[] = [];
  for (let i = 0; i < MOST_ITERATIONS; i++) {
    const before = variances;
    ({ basis, variances } = ritz(covariance, basis));
    const settled = variances
      .slice(0, k)
      .every((v, j) => Math.abs(v - (before[j] ?? Infinity)) <= SETTLED * total);
    if (settled) break;
    basis = orthonormal(basis.map((vector) => times(covariance, vector)));
  }
  return { axes: basis.slice(0, k).map(withSign), variances: variances.slice(0, k), total, mean };
}

/** The coordinate of a row along an axis. */
export function coordinate(row: ArrayLike<number>, { mean }: Principal, axis: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < axis.length; i++) sum += (row[i]! - mean[i]!) * axis[i]!;
  return sum;
}

function meanRow(rows: ArrayLike<number>, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) mean[i % width]! += rows[i]!;
  return mean.map((sum) => (sum * width) / Math.max(width, rows.length));
}

function covarianceOf(rows: ArrayLike<number>, width: number, mean: Float64Array): Float64Array[] {
  const n = rows.length / width;
  const covariance = Array.from({ length: width }, () => new Float64Array(width));
  const centered = new Float64Array(width);
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < width; i++) centered[i] = rows[r * width + i]! - mean[i]!;
    for (let i = 0; i < width; i++) {
      const into = covariance[i]!;
      for (let j = 0; j <= i; j++) into[j]! += centered[i]! * centered[j]!;
    }
  }
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++)
      covariance[j]![i] = covariance[i]![j] = covariance[i]![j]! / Math.max(1, n - 1);
  return covariance;
}

/** Turns a basis so that its directions have no covariance, and sorts them by variance (Rayleigh–Ritz). */
function ritz(
  covariance: readonly Float64Array[],
  basis: readonly Float64Array[],
): { basis: Float64Array[]; variances: number[] } {
  const images = basis.map((vector) => times(covariance, vector));
  const small = basis.map((a) => Float64Array.from(images, (b) => dot(a, b)));
  const { values, vectors } = jacobi(small);
  const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
  return {
    variances: order.map((i) => Math.max(0, values[i]!)),
    basis: order.map((i) =>
      combination(
        basis,
        vectors.map((row) => row[i]!),
      ),
    ),
  };
}

/** Eigenvalues and eigenvectors (as columns) of a small symmetric matrix, by Jacobi's rotations. */
function jacobi(matrix: readonly Float64Array[]): { values: number[]; vectors: Float64Array[] } {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = unitAxes(n, n);
  const SWEEPS = 30;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p]![q]!) <= 1e-15 * Math.sqrt(Math.abs(a[p]![p]! * a[q]![q]!))) continue;
        rotated = true;
        rotate(a, vectors, p, q);
      }
    if (!rotated) break;
  }
  return { values: a.map((row, i) => row[i]!), vectors };
}

/** Makes a[p][q] zero. */
function rotate(a: readonly Float64Array[], vectors: readonly Float64Array[], p: number, q: number): void {
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cos = 1 / Math.sqrt(t * t + 1);
  const sin = t * cos;
  const turn = (row: Float64Array): void => {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = cos * x - sin * y;
    row[q] = sin * x + cos * y;
  };
  for (const row of a) turn(row);
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[p]![i]!, a[q]![i]!];
    a[p]![i] = cos * x - sin * y;
    a[q]![i] = sin * x + cos * y;
  }
  for (const row of vectors) turn(row);
}

/** Gram–Schmidt, twice, because once loses digits; vectors that depend on earlier ones are replaced. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  const spare = unitAxes(vectors[0]!.length, vectors[0]!.length);
  for (const candidate of vectors) {
    let vector = reduced(candidate, basis);
    for (let i = 0; vector === undefined; i++) vector = reduced(spare[i]!, basis);
    basis.push(vector);
  }
  return basis;
}

/** What is left of a vector without its parts along the basis, of length 1; undefined if that is nothing. */
function reduced(vector: Float64Array, basis: readonly Float64Array[]): Float64Array | undefined {
  const before = Math.sqrt(dot(vector, vector));
  const left = Float64Array.from(vector);
  for (let twice = 0; twice < 2; twice++)
    for (const other of basis) {
      const part = dot(left, other);
      for (let i = 0; i < left.length; i++) left[i]! -= part * other[i]!;
    }
  const length = Math.sqrt(dot(left, left));
  return length > 1e-10 * before ? left.map((x) => x / length) : undefined;
}

function times(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}

function combination(vectors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  vectors.forEach((vector, i) => {
    for (let j = 0; j < sum.length; j++) sum[j]! += weights[i]! * vector[j]!;
  });
  return sum;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Vectors in all directions, always the same: a linear congruential generator (Numerical Recipes). */
function startingVectors(width: number, count: number): Float64Array[] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, next));
}

function unitAxes(width: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: width }, (__, j) => (i === j ? 1 : 0)),
  );
}

function withSign(axis: Float64Array): Float64Array {
  const largest = axis.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return largest < 0 ? axis.map((x) => -x) : axis;
}
