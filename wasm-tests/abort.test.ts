import { anySignal } from '../web/engine/event-loop.ts';

describe('a combined signal', () => {
  test.each([0, 1])('is aborted with the reason of the first aborted signal: %i', (which) => {
    const parts = [new AbortController(), new AbortController()];
    const any = anySignal(parts.map(({ signal }) => signal));
    expect(any.aborted).toBe(false);
    parts[which]!.abort('enough');
    parts[1 - which]!.abort('too late');
    expect([any.aborted, any.reason]).toEqual([true, 'enough']);
  });

  test('is aborted from the start if one of the signals is', () => {
    const any = anySignal([new AbortController().signal, AbortSignal.abort('before')]);
    expect([any.aborted, any.reason]).toEqual([true, 'before']);
  });
});
