// The samples that a run keeps: all of a short run, evenly spread ones of a long run, also after it was saved.

import { noProgress, type SampleEvent } from '../web/engine/events.ts';
import { RunRecorder } from '../web/engine/run-record.ts';
import { SampleHistory } from '../web/engine/sample-history.ts';

const steps = ({ samples }: SampleHistory): number[] => samples.map(({ step }) => step);

test('a short run keeps every sample, in order and one a step', () => {
  const history = new SampleHistory();
  for (const step of [1, 50, 20, 50]) history.add({ step, text: `text ${step}` });
  expect(steps(history)).toEqual([1, 20, 50]);
  history.cutAfter(30);
  expect(steps(history)).toEqual([1, 20]);
});

test('a long run keeps 200, with its first and its last one, evenly spread', () => {
  const history = new SampleHistory();
  for (let step = 1; step <= 5000; step++) history.add({ step, text: '' });
  const kept = steps(history);
  expect(kept).toHaveLength(200);
  expect([kept[0], kept.at(-1)]).toEqual([1, 5000]);
  const gaps = kept.slice(1).map((step, i) => step - kept[i]!);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(64);
});

test('a run that was saved and opened again has its samples, without those after the step it goes on from', () => {
  const sample = (step: number, done: boolean): SampleEvent => ({
    ...noProgress(step, 100, step),
    event: 'sample',
    prompt: '',
    text: 'one line\n\n\nand another\n',
    done,
  });
  const recorder = new RunRecorder();
  for (const event of [sample(1, false), sample(1, true), sample(40, true), sample(80, true)])
    recorder.take(event);
  const record = recorder.record();
  expect(record.samples).toEqual([1, 40, 80].map((step) => ({ step, text: 'one line\nand another' })));
  const resumed = new RunRecorder(record);
  resumed.began(60, true);
  expect(steps(resumed.samples)).toEqual([1, 40]);
  const { samples: _, ...old } = record;
  expect(steps(new RunRecorder(old).samples)).toEqual([]);
});
