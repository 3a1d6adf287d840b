// The builds: which ones can run, which one is chosen and why, and whether all compute the same.

import { defaults, type Options } from '../web/engine/options.ts';
import {
  BUILT_VARIANTS,
  chooseVariant,
  hasRelaxedSimd,
  hasSimd,
  hasThreads,
  probe,
  type Variant,
} from '../web/engine/variants.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import { cli, jsonLines, scratch, TINY_FLAGS } from './helpers/cli.ts';
import { fingerprint, tiny, trained } from './helpers/engine.ts';
import { button, setOptions, textArea, tinyModel, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';
import fs from 'node:fs';
import path from 'node:path';

const EVERYTHING = { relaxed: true, threads: true, wide: false };
const WIDE = { ...EVERYTHING, wide: true };
const NOTHING = { relaxed: false, threads: false, wide: false };

const choose = (values: Partial<Options> = {}, cores = 8, features = EVERYTHING, built?: Variant[]) =>
  chooseVariant({ ...defaults(), ...values }, { cores }, features, built);

describe('the probes', () => {
  test('find the features of this Node', () => {
    expect(hasSimd()).toBe(true);
    expect(hasThreads()).toBe(true);
    // The tests run with the flag that Node 20 needs; later ones have it.
    expect(hasRelaxedSimd()).toBe(true);
  });

  test('relaxed SIMD is detected by the exact instruction', () => {
    const asked: Uint8Array[] = [];
    const { validate } = WebAssembly;
    WebAssembly.validate = (bytes) => {
      asked.push(bytes as Uint8Array);
      return false;
    };
    try {
      expect(hasRelaxedSimd()).toBe(false);
    } finally {
      WebAssembly.validate = validate;
    }
    // f32x4.relaxed_madd is 0xfd with the number 0x105 in LEB128, and the function ends after it.
    expect([...asked[0]!.subarray(-4)]).toEqual([0xfd, 0x85, 0x02, 0x0b]);
  });

  test('a page that is not isolated has no threads', () => {
    const scope = globalThis as { crossOriginIsolated?: boolean };
    scope.crossOriginIsolated = false;
    try {
      expect(hasThreads()).toBe(false);
    } finally {
      delete scope.crossOriginIsolated;
    }
  });
});

describe('the choice of a build', () => {
  test('auto picks relaxed SIMD and a thread for each processor, and says why', () => {
    const choice = choose();
    expect(choice).toMatchObject({
      variant: 'relaxed-threads',
      threads: 8,
      threadsMissing: false,
      notes: [],
    });
    expect(choice.why).toMatch(/^Relaxed SIMD made training steps .* reproducible picks a build/);
    expect(choose({ threads: 2 }).threads).toBe(2);
    expect(choose({}, 64).threads).toBe(16);
  });

  test('without relaxed SIMD, auto picks plain SIMD and says so', () => {
    const choice = choose({}, 8, { ...EVERYTHING, relaxed: false });
    expect(choice).toMatchObject({ variant: 'threads', threads: 8, threadsMissing: false });
    expect(choice.why).toMatch(
      /lacks relaxed SIMD, which newer versions have; .* same bits on every machine\.$/,
    );
  });

  test('one thread needs no shared memory', () => {
    expect(choose({ threads: 1 })).toMatchObject({ variant: 'relaxed', threads: 1, threadsMissing: false });
    expect(choose({}, 1)).toMatchObject({ variant: 'relaxed', threads: 1, threadsMissing: false });
    expect(choose({ threads: 2 }, 1)).toMatchObject({ variant: 'relaxed-threads', threads: 2 });
    expect(choose({ threads: 1, reproducible: true })).toMatchObject({ variant: 'baseline', threads: 1 });
  });

  test('if memory cannot be shared, one thread runs, and the choice says why', () => {
    const choice = choose({ threads: 2 }, 8, { ...EVERYTHING, threads: false });
    expect(choice).toMatchObject({ variant: 'relaxed', threads: 1, threadsMissing: true });
    expect(choice.why).toMatch(/^One thread runs, because .* cannot share memory between threads\./);
    expect(choice.notes).toEqual(['The relaxed build runs on one thread, so threads 2 is not used.']);
    expect(choose({}, 8, NOTHING)).toMatchObject({ variant: 'baseline', threadsMissing: true });
  });

  test.each(BUILT_VARIANTS)('%s can be chosen by name', (variant) => {
    const threads = variant.includes('threads') ? 3 : 1;
    expect(choose({ variant, threads: 3 })).toMatchObject({ variant, threads });
    expect(choose({ variant }).why).toMatch(/^It was chosen by name\./);
  });

  test('relaxed builds say that their last bits may differ', () => {
    expect(choose({ variant: 'relaxed' }).why).toMatch(/last bits may differ/);
    expect(choose({ variant: 'threads' }).why).not.toMatch(/differ/);
  });

  test('reproducible picks plain SIMD and refuses the relaxed builds', () => {
    expect(choose({ reproducible: true })).toMatchObject({ variant: 'threads', threads: 8 });
    expect(choose({ reproducible: true }, 8, NOTHING)).toMatchObject({ variant: 'baseline' });
    expect(choose({ reproducible: true }).why).toMatch(/^Reproducible is on/);
    expect(() => choose({ reproducible: true, variant: 'relaxed' })).toThrow(/cannot be reproducible/);
    expect(() => choose({ reproducible: true, variant: 'relaxed-threads' })).toThrow(/use threads\.$/);
  });

  test('if the best build is missing, the next best runs, and the choice says so', () => {
    const choice = choose({}, 8, EVERYTHING, ['baseline']);
    expect(choice).toMatchObject({ variant: 'baseline', threads: 1, threadsMissing: false });
    expect(choice.why).toBe('The relaxed-threads build is not there yet, so the baseline build runs.');
    expect(choose({}, 8, EVERYTHING, ['baseline', 'relaxed', 'threads']).variant).toBe('threads');
    expect(choose({ threads: 1 }, 8, EVERYTHING, ['baseline', 'threads'])).toMatchObject({
      variant: 'baseline',
      threads: 1,
    });
    expect(() => choose({ variant: 'relaxed' }, 8, EVERYTHING, ['baseline'])).toThrow(
      /no relaxed build here, only: baseline/,
    );
    expect(() => choose({}, 8, EVERYTHING, [])).toThrow(/has not been built/);
  });

  test('where pairs are packed, auto picks a wide build, on one thread too, and says why', () => {
    const choice = choose({}, 8, WIDE);
    expect(choice).toMatchObject({ variant: 'relaxed-threads-wide', threads: 8, notes: [] });
    expect(choice.why).toMatch(/^Node [\d.]+ packs SIMD operations .* 256-bit .*\. Relaxed SIMD made/);
    expect(choose({ threads: 1 }, 8, WIDE)).toMatchObject({ variant: 'relaxed-threads-wide', threads: 1 });
    expect(choose({}, 1, WIDE).why).toMatch(/^One processor .*\. Node [\d.]+ packs/);
    expect(choose({}, 8, { ...WIDE, relaxed: false })).toMatchObject({ variant: 'threads-wide' });
    for (const threads of [1, 2]) {
      const same = choose({ reproducible: true, threads }, 8, WIDE);
      expect(same).toMatchObject({ variant: 'threads-wide', threads });
      expect(same.why).toMatch(/packs .* Reproducible is on/);
    }
  });

  test('whether pairs are packed is measured only if it can matter', () => {
    const features = (threads: boolean) => ({
      relaxed: true,
      threads,
      get wide(): boolean {
        throw new Error('measured');
      },
    });
    expect(choose({}, 8, features(false)).variant).toBe('relaxed');
    expect(choose({ variant: 'relaxed-threads' }, 8, features(true)).variant).toBe('relaxed-threads');
    expect(() => choose({}, 8, features(true))).toThrow('measured');
  });

  test('a wide build asked for by name runs everywhere, with a warning where it is slow', () => {
    const slow = choose({ variant: 'threads-wide' }, 8, EVERYTHING);
    expect(slow).toMatchObject({ variant: 'threads-wide', threads: 8 });
    expect(slow.why).toMatch(/^It was chosen by name\. It is slow here: Node [\d.]+ does not pack/);
    expect(choose({ variant: 'threads-wide' }, 8, WIDE).why).toBe('It was chosen by name.');
  });

  test('a build that cannot run here is refused with advice', () => {
    expect(() => choose({ variant: 'relaxed' }, 8, NOTHING)).toThrow(/has no relaxed SIMD. Choose auto/);
    expect(() => choose({ variant: 'threads' }, 8, NOTHING)).toThrow(/cannot share memory .* Choose auto/);
  });
});

describe.each(['gpt2', 'qwen3'] as const)('every build, with %s', (arch) => {
  const LOAD: readonly { variant: Variant; threads: number }[] = [
    { variant: 'baseline', threads: 1 },
    { variant: 'threads', threads: 1 },
    { variant: 'threads', threads: 2 },
    { variant: 'threads', threads: 5 },
    { variant: 'relaxed', threads: 1 },
    { variant: 'relaxed-threads', threads: 3 },
    { variant: 'threads-wide', threads: 1 },
    { variant: 'threads-wide', threads: 3 },
    { variant: 'relaxed-threads-wide', threads: 2 },
  ];
  const results = new Map<Variant, { bits: Set<string>; loss: number }>();

  test.each(LOAD)('$variant on $threads threads loads under its own name and trains', async (wanted) => {
    const engine = await loadNodeEngine(wanted);
    expect([engine.variant, engine.coreVariant(), engine.threads]).toEqual([
      wanted.variant,
      wanted.variant,
      wanted.threads,
    ]);
    const { run, end } = await trained(engine, english(4000), tiny({ arch, dropout: 0.1 }));
    const result = results.get(wanted.variant) ?? { bits: new Set(), loss: end.train_loss ?? NaN };
    results.set(wanted.variant, result);
    result.bits.add(fingerprint(run.save()));
    expect(result.loss).toBeGreaterThan(0);
    await run.delete();
  });

  const bitsOf = (...variants: Variant[]) => new Set(variants.flatMap((v) => [...results.get(v)!.bits]));

  test('the builds without relaxed SIMD give the same bits, on any number of threads', () => {
    expect(bitsOf('baseline', 'threads', 'threads-wide').size).toBe(1);
  });

  test('relaxed builds differ only by rounding, and agree with each other', () => {
    const exact = results.get('baseline')!.loss;
    const relaxed = results.get('relaxed')!;
    // Twenty steps of float32: rounding differs by about 1e-7 a step and grows a little with each.
    expect(Math.abs(relaxed.loss - exact) / exact).toBeLessThan(1e-4);
    expect(bitsOf('relaxed', 'relaxed-threads', 'relaxed-threads-wide').size).toBe(1);
  });
});

describe('on the command line', () => {
  const folder = scratch();
  const text = path.join(folder, 'text.txt');
  const train = (...flags: string[]) =>
    cli(
      [
        'train',
        text,
        '--max_steps',
        '3',
        ...TINY_FLAGS,
        '--out',
        `model${flags.join('')}.safetensors`,
        ...flags,
      ],
      folder,
    );
  beforeAll(() => fs.writeFileSync(text, english(4000)));

  const wide = (plain: Variant, wide: Variant) => (probe().wide ? wide : plain);
  test.each([
    [['--threads', '1'], wide('relaxed', 'relaxed-threads-wide'), '1 thread. One thread was asked for.'],
    [['--threads', '2'], wide('relaxed-threads', 'relaxed-threads-wide'), '2 threads.'],
    [['--reproducible', '--threads', '1'], wide('baseline', 'threads-wide'), '1 thread. One thread'],
    [['--reproducible', '--threads', '2'], wide('threads', 'threads-wide'), '2 threads.'],
    [['--variant', 'baseline'], 'baseline', '1 thread. It was chosen by name.'],
    [['--variant', 'relaxed'], 'relaxed', '1 thread. It was chosen by name. Its last bits'],
    [['--variant', 'relaxed-threads', '--threads', '3'], 'relaxed-threads', '3 threads.'],
  ])('%j picks the build and says so', async (flags, variant, says) => {
    const { code, stderr } = await train(...flags);
    expect(stderr).toContain(` ${variant} build, ${says}`);
    expect(code).toBe(0);
  });

  test('reproducible and relaxed contradict each other', async () => {
    const { code, stderr } = await train('--reproducible', '--variant', 'relaxed');
    expect(stderr).toMatch(/cannot be reproducible; use baseline\.$/m);
    expect(code).not.toBe(0);
  });

  test('a model trained by one build can be resumed by another', async () => {
    const flags = [
      text,
      '--resume',
      'model--threads1.safetensors',
      '--max_steps',
      '5',
      '--variant',
      'relaxed',
    ];
    const { code, stdout } = await cli(['train', ...flags, '--json', '--out', 'more.safetensors'], folder);
    expect(code).toBe(0);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: 'done', step: 5 });
  });
});

describe('on the page', () => {
  const { open } = usePage();

  test('a browser that does not pack pairs downloads one build, and not a wide one', async () => {
    const { page } = await open();
    // A reload would break off the download of the example, and the first visit's requests are not to be counted.
    await page.waitForLoadState('networkidle');
    const cores: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('.wasm')) cores.push(path.basename(request.url()));
    });
    await page.reload();
    await page
      .locator('footer')
      .getByText(/ relaxed-threads build \(/)
      .waitFor();
    expect(cores).toEqual(['mini-llm-relaxed-threads.wasm']);
  });

  test('a build can be chosen under All options, and the footer says which one runs and why', async () => {
    const { page } = await open();
    const line = page.locator('footer');
    await line.getByText(/Relaxed SIMD made/).waitFor();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 5);
    const trainWith = async (says: RegExp): Promise<void> => {
      await button(page, 'Train').click();
      await line.getByText(says).waitFor();
      await page.getByText('Done: all 5 steps.').waitFor();
    };
    await setOptions(page, { Threads: 1 });
    await trainWith(/relaxed build \(.*\), 1 thread\. One thread was asked for/);
    await setOptions(page, { Build: 'relaxed-threads' });
    await trainWith(/relaxed-threads build \(.*\), 1 thread\. It was chosen by name\. .* last bits/);
    await setOptions(page, { Build: 'auto', Threads: 2, Reproducible: true });
    await trainWith(/: threads build \(.*\), 2 threads\. Reproducible is on/);
  });
});
