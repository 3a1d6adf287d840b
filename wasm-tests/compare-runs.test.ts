// What is compared between runs, as data.

import {
  csvOf,
  curveOf,
  differences,
  METRICS,
  named,
  smoothed,
  summaryOf,
  valueAt,
  type ComparedRun,
} from '../web/app/lib/compare.ts';
import { defaults } from '../web/engine/index.ts';
import { LossHistory } from '../web/engine/loss-history.ts';

function runOf(name: string, lr: number): ComparedRun {
  const history = new LossHistory();
  for (let step = 1; step <= 4; step++)
    history.addStep(step, 5 - step, { lr, grad_norm: 1, tokens_per_s: 100, train_bits_per_byte: 7 - step });
  history.addValidation(4, 1.5, 2.1);
  return {
    run: {
      name,
      step: 4,
      n_parameters: 1000,
      options: { ...defaults(), lr },
      text: { name: '', bytes: 4000, sha256: 'a' },
    },
    record: { has_validation: true, events: [], curves: history.points(), samples: [] },
  } as unknown as ComparedRun;
}

const metric = (name: string) => METRICS.find((each) => each.name === name)!;
const [a, b] = [runOf('a', 0.001), runOf('=b, "c"', 0.002)];

test('a curve has the points that were measured', () => {
  expect(curveOf(a, metric('train'), 0)).toEqual({ steps: [1, 2, 3, 4], values: [4, 3, 2, 1] });
  expect(curveOf(a, metric('val_bits_per_byte'), 0)).toEqual({ steps: [4], values: [2.1] });
  expect(curveOf(a, metric('perplexity'), 0).values[0]).toBeCloseTo(Math.exp(1.5));
});

test('runs of earlier versions have no other measures than losses', () => {
  const { measures: _measures, ...curves } = a.record.curves;
  const old = { ...a, record: { ...a.record, curves } };
  expect(curveOf(old, metric('lr'), 0)).toEqual({ steps: [], values: [] });
  expect(curveOf(old, metric('train'), 0).values).toEqual([4, 3, 2, 1]);
  const again = new LossHistory(curves);
  again.addStep(5, 0.5, { lr: 0.1 });
  expect(again.measures.lr).toEqual([null, null, null, null, 0.1]);
});

test('smoothing keeps a constant, the first value, and the mean of equal weights', () => {
  expect(smoothed([2, 2, 2], 0.9)).toEqual(Array.from({ length: 3 }, () => expect.closeTo(2) as number));
  expect(smoothed([4, 0], 0.5)).toEqual([4, expect.closeTo(4 / 3)]);
  expect(smoothed([1, 5], 0)).toEqual([1, 5]);
});

test('the value at a step is the last one until then', () => {
  const curve = { steps: [10, 20], values: [3, 2] };
  expect([5, 10, 19, 20, 99].map((step) => valueAt(curve, step))).toEqual([undefined, 3, 3, 2, 2]);
});

test('only options that differ are listed', () => {
  expect(differences([a, b]).map(({ name, values }) => [name, values])).toEqual([['lr', ['0.001', '0.002']]]);
  const other = { ...b, run: { ...b.run, text: { ...b.run.text, sha256: 'b', name: 'x.txt' } } };
  expect(differences([a, other]).map(({ name }) => name)).toEqual(['text', 'lr']);
});

test('CSV quotes names, and a spreadsheet takes none for a formula', () => {
  const lines = csvOf([a, b]).trimEnd().split('\r\n');
  expect(lines).toHaveLength(9);
  expect(lines[4]).toBe('a,4,1,1.5,3,2.1,0.001,1,100');
  expect(lines[5]).toMatch(/^"'=b, ""c""",1,4,,6,,0\.002,1,100$/);
});

test('the summary says where each curve begins, ends and is lowest', () => {
  const curve = curveOf(a, metric('train'), 0);
  expect(summaryOf([a], [curve], metric('train'))).toBe(
    'Training loss by step. a: from 4.000 at step 1 to 1.000 at step 4, lowest 1.000 at step 4.',
  );
});

test('runs of the same name are numbered, the oldest first', () => {
  const runs = ['x', 'y', 'x'].map((name) => ({ name }) as ComparedRun['run']);
  expect(named(runs).map(({ name }) => name)).toEqual(['x (2)', 'y', 'x (1)']);
});
