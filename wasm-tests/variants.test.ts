import {
  chooseVariant,
  defaults,
  hasRelaxedSimd,
  hasSimd,
  hasThreads,
  type Options,
} from '../web/engine/index.ts';
import { sharedEngine } from './helpers/engine.ts';

const choose = (values: Partial<Options> = {}, cores = 8): ReturnType<typeof chooseVariant> =>
  chooseVariant({ ...defaults(), ...values }, cores);

describe('the probes', () => {
  test('know this Node', () => {
    expect(hasSimd()).toBe(true);
    expect(hasThreads()).toBe(true);
    expect(typeof hasRelaxedSimd()).toBe('boolean');
  });
});

describe('the choice of a build', () => {
  test('the baseline runs everywhere', () => {
    expect(choose({ variant: 'baseline' })).toEqual({ variant: 'baseline', threads: 1, notes: [] });
  });

  test('threads are used where they can be, as many as there are processors', () => {
    expect(choose({}, 8)).toEqual({ variant: 'threads', threads: 8, notes: [] });
    expect(choose({ threads: 2 }, 8).threads).toBe(2);
  });

  test('what is asked for and cannot be had is said', () => {
    expect(choose({ variant: 'baseline', threads: 2 }).notes).toEqual([
      'The baseline build runs on one thread, so threads 2 is not used.',
    ]);
  });

  test('a reproducible run never takes relaxed SIMD', () => {
    expect(choose({ reproducible: true }).variant).not.toContain('relaxed');
    expect(() => choose({ reproducible: true, variant: 'relaxed' })).toThrow(/relaxed/);
  });

  test('the core says the same name', async () => {
    const engine = await sharedEngine();
    expect(engine.variant).toBe('baseline');
    expect(engine.coreVariant()).toBe(engine.variant);
  });
});
