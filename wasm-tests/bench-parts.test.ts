// Unit tests of the benchmark: turns, settings, profiles and tables.

import type { BenchReport } from '../web/engine/bench/report.ts';
import { settingsFor, type WantedSettings } from '../web/engine/bench/settings.ts';
import { benchMarkdown, profileTables, speedTables, type Table } from '../web/engine/bench/tables.ts';
import { Timed, byTurns, median } from '../web/engine/bench/timed.ts';
import { BUILT_VARIANTS, needs, probe, runsWith } from '../web/engine/variants.ts';
import { profileOf } from '../web/engine/profile.ts';
import { browserName } from '../web/app/lib/browser.ts';

class Pretended extends Timed {
  readonly name: string;
  readonly #took: number;
  protected readonly slow: boolean;

  constructor(name: string, took: number, slow = false) {
    super();
    this.name = name;
    this.#took = took;
    this.slow = slow;
  }

  protected once(): number {
    return this.#took;
  }
}

describe('timing in turns', () => {
  const measured = async (all: Pretended[]): Promise<string> => {
    const order: string[] = [];
    await byTurns(all, { rounds: 3, ms: 30 }, async ({ name }, round) => {
      order.push(`${name}${round}`);
    });
    return order.join(' ');
  };

  test('each is measured once in every round', async () => {
    expect(await measured([new Pretended('a', 1), new Pretended('b', 1)])).toBe('a1 b1 a2 b2 a3 b3');
  });

  test('the rounds share the time, and each measures at least once', async () => {
    const [quick, long] = [new Pretended('quick', 4), new Pretended('long', 100)];
    await measured([quick, long]);
    expect(quick.times).toHaveLength(9);
    expect(long.times).toHaveLength(3);
  });

  test('a slow measurement is not repeated once its time is used up', async () => {
    const slow = new Pretended('slow', 100, true);
    await measured([slow]);
    expect(slow.times).toEqual([100]);
    expect(slow.median).toBe(100);
  });

  test('the median is the middle value, or the mean of the two middle values', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([9, 1, 2, 4])).toBe(3);
  });
});

describe('the settings', () => {
  const settings = (wanted: Partial<WantedSettings> = {}, cores = 8): string[] =>
    settingsFor({ variant: 'auto', reproducible: false, builds: 'all', ...wanted }, cores).map(
      ({ variant, threads }) => `${variant} ${threads}`,
    );
  const here = probe();
  const runsHere = BUILT_VARIANTS.filter((v) => runsWith(v, here));
  /** Newer Nodes run wide builds. */
  const wide = here.wide ? '-wide' : '';

  test('are every build that runs here; threaded builds run on one thread and on all', () => {
    expect(settings()).toEqual(
      runsHere.flatMap((v) => (needs(v, 'threads') ? [`${v} 1`, `${v} 8`] : [`${v} 1`])),
    );
    expect(settings({}, 1)).toEqual(runsHere.map((v) => `${v} 1`));
  });

  test('leave out relaxed SIMD if results must be reproducible', () => {
    const exact = runsHere.filter((v) => needs(v, 'threads') && !needs(v, 'relaxed'));
    expect(settings({ reproducible: true })).toEqual([
      'baseline 1',
      ...exact.flatMap((v) => [`${v} 1`, `${v} 8`]),
    ]);
  });

  test('can be one build, by name or by choice, and given thread counts', () => {
    expect(settings({ variant: 'baseline' })).toEqual(['baseline 1']);
    expect(settings({ builds: 'chosen' })).toEqual([1, 8].map((n) => `relaxed-threads${wide} ${n}`));
    expect(settings({ variant: 'threads', counts: [2, 3] })).toEqual(['threads 2', 'threads 3']);
    expect(settings({ reproducible: true, builds: 'chosen', counts: [2] })).toEqual([`threads${wide} 2`]);
  });

  test('that are impossible are refused with a sentence', () => {
    expect(() => settings({ variant: 'baseline', counts: [1, 2] })).toThrow(
      'The baseline build runs on one thread, so threads 1,2 cannot be measured.',
    );
  });
});

const ROWS = [
  { op: 'adamw', pass: 'update', calls: 2, seconds: 0.01, flops: 0, bytes: 2e8 },
  { op: 'linear', pass: 'forward', calls: 32, seconds: 0.05, flops: 2e9, bytes: 0 },
] as const;

describe('a profile', () => {
  test('lists the shares of a step, the slowest first, and the rest', () => {
    const profile = profileOf(ROWS, 2, 100);
    expect(profile).toMatchObject({ steps: 2, ms_per_step: 50, rest_ms: 20, rest_share: 0.4 });
    expect(profile.operations.map(({ op, calls, ms, share }) => [op, calls, ms, share])).toEqual([
      ['linear', 16, 25, 0.5],
      ['adamw', 1, 5, 0.1],
    ]);
    const [product, sweep] = profile.operations;
    expect(product?.gflops).toBeCloseTo(40);
    expect(product?.gb_per_s).toBeNull();
    expect(sweep?.gflops).toBeNull();
    expect(sweep?.gb_per_s).toBeCloseTo(20);
  });
});

const REPORT: BenchReport = {
  machine: { runtime: 'Node 1.2.3', processor: 'Abacus', cores: 2 },
  peaks: [{ variant: 'threads', peak_gflops_per_thread: 50 }],
  results: [
    {
      workload: 'W1',
      variant: 'threads',
      threads: 1,
      ms_per_step: 50,
      tokens_per_s: 15_360,
      gflops: 40,
      mfu: 0.8,
      peak_heap_mb: 58.2,
    },
    {
      workload: 'W1',
      variant: 'threads',
      threads: 2,
      ms_per_step: 25,
      tokens_per_s: 30_720,
      gflops: 80,
      mfu: 0.8,
      peak_heap_mb: 60,
    },
    {
      workload: 'G1',
      variant: 'threads',
      threads: 1,
      cache: true,
      int8: false,
      tokens_per_s: 9000,
      peak_heap_mb: 30,
    },
    {
      workload: 'G1',
      variant: 'threads',
      threads: 1,
      cache: false,
      int8: false,
      tokens_per_s: 450,
      peak_heap_mb: 30,
    },
    {
      workload: 'G1',
      variant: 'threads',
      threads: 1,
      cache: true,
      int8: true,
      tokens_per_s: 18_000,
      peak_heap_mb: 30,
    },
  ],
  contexts: [
    { variant: 'threads', threads: 1, context: 16, cache: true, tokens_per_s: 6000 },
    { variant: 'threads', threads: 1, context: 16, cache: false, tokens_per_s: 2000 },
  ],
  profiles: [
    { workload: 'W1', variant: 'threads', threads: 1, ...profileOf(ROWS, 2, 100) },
    { workload: 'W1', variant: 'threads', threads: 2, ...profileOf(ROWS, 2, 50) },
  ],
};

describe('the tables', () => {
  test('have rows as long as their heads', () => {
    const tables = [...speedTables(REPORT), ...profileTables(REPORT)];
    expect(tables).toHaveLength(5);
    for (const { head, rows } of tables) for (const row of rows) expect(row).toHaveLength(head.length);
  });

  test('show the speedup by the cache', () => {
    const [, , generation, contexts] = speedTables(REPORT) as [Table, Table, Table, Table];
    expect(generation.rows).toEqual([['G1', 'threads', '1', '9,000', '450', '20.0×', '18,000', '30 MB']]);
    expect(contexts.rows).toEqual([['16', '6,000', '2,000', '3.0×']]);
  });

  test('show a step on one thread beside the step on all', () => {
    const [profile] = profileTables(REPORT);
    expect(profile?.head).toEqual([
      'operation',
      'pass',
      'calls',
      '1 thread, share',
      'speed',
      '2 threads, share',
      'speed',
    ]);
    expect(profile?.rows[0]).toEqual([
      'linear',
      'forward',
      '16',
      '50.0 %',
      '40.0 GFLOP/s',
      '100.0 %',
      '40.0 GFLOP/s',
    ]);
  });

  test('are left out if nothing was measured', () => {
    expect(speedTables({ ...REPORT, results: [], contexts: [], profiles: [] })).toHaveLength(1);
    expect(profileTables({ ...REPORT, profiles: [] })).toEqual([]);
  });

  test('are Markdown below a line that names the machine', () => {
    const text = benchMarkdown(REPORT, speedTables(REPORT));
    expect(text).toMatch(/^mini-llm on Node 1\.2\.3, Abacus, 2 cores; medians\n/);
    expect(text).toContain('| W1 | threads | 2 | 25.0 | 30,720 | 80.0 | 80 % | 60 MB |');
    expect(text).not.toContain('Flags');
  });

  test('name the flags of the engine', () => {
    const machine = { ...REPORT.machine, engine_flags: ['--fast', '--faster'] };
    const text = benchMarkdown({ ...REPORT, machine }, []);
    expect(text).toMatch(/medians\n\nFlags of Node 1\.2\.3 that mini-llm switched on: --fast, --faster\.\n$/);
  });
});

describe('the name of a browser', () => {
  test.each([
    [
      'Google Chrome 141, Linux',
      {
        userAgent: 'Mozilla/5.0 …',
        userAgentData: {
          brands: [
            { brand: 'Not(A:Brand', version: '8' },
            { brand: 'Chromium', version: '141' },
            { brand: 'Google Chrome', version: '141' },
          ],
          platform: 'Linux',
        },
      },
    ],
    [
      'Firefox 140, X11',
      { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
    ],
    [
      'Safari 18.5, iPhone',
      {
        userAgent:
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      },
    ],
    ['Something else', { userAgent: 'Something else' }],
  ])('%s', (name, hints) => {
    expect(browserName(hints)).toBe(name);
  });
});
