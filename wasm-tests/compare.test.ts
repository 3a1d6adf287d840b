// The tables and files that `npm run compare` writes, from invented figures.

interface System {
  id: string;
  title: string;
  short?: string;
  place: string;
  runtime?: string;
  build?: string;
  kinds: string[];
}
type Figures = Record<string, number>;
interface Measurements {
  add(system: System, workload: unknown, threads: number, figures: Figures): void;
}
interface Selection {
  complete: boolean;
  only: string[];
}

// Research modules are plain JavaScript; the parts that these tests use get their types here.
const research = async <T>(path: string): Promise<T> =>
  (await import(new URL(`../research/${path}.mjs`, import.meta.url).href)) as T;
const { tables } = await research<{ tables: (run: object) => string }>('compare/lib/tables');
const { Measurements } = await research<{ Measurements: new () => Measurements }>('compare/lib/measurements');
const { WORKLOADS } = await research<{ WORKLOADS: { name: string; kind: string; shape: object }[] }>(
  'compare/lib/shapes',
);
const { selection } = await research<{ selection: (argv: string[]) => Selection }>('compare/lib/selection');
const { withBlock } = await research<{ withBlock: (text: string, name: string, block: string) => string }>(
  'lib/report',
);

const kinds = ['train', 'generate'];
const inNode = { place: 'Node', runtime: 'Node 20', kinds };
const node = { ...inNode, id: 'n', title: 'ours in Node', short: 'ours', build: 'threads' };
const slow = { ...inNode, id: 's', title: 'slow in Node', short: 'slow', build: 'baseline' };
const newer = { ...node, id: 'm', title: 'ours in Node 26', runtime: 'Node 26', build: 'threads-wide' };
const page = {
  id: 'p',
  title: 'ours in Chromium',
  short: 'ours',
  place: 'Chromium',
  runtime: 'Chromium',
  build: 'threads',
  kinds,
};
const native = { id: 'x', title: 'native', place: 'native', kinds };
const web = { id: 'w', title: 'web', place: 'Chromium', kinds };

function shown(figures: [System, string, number, Figures][]): string {
  const measurements = new Measurements();
  const workloads = WORKLOADS.filter(({ name }) => name === 'W1' || name === 'G1');
  for (const [system, name, threads, values] of figures)
    measurements.add(
      system,
      WORKLOADS.find((w) => w.name === name),
      threads,
      values,
    );
  return tables({
    systems: [node, slow, newer, page, native, web],
    workloads,
    threadCounts: [1, 2],
    measurements,
  });
}

describe('the workloads', () => {
  test("are those of mini-llm's own benchmark", () => {
    expect(WORKLOADS.map(({ name, kind }) => [name, kind])).toEqual([
      ['W1', 'train'],
      ['W2', 'train'],
      ['W3', 'train'],
      ['G1', 'generate'],
      ['G3', 'generate'],
    ]);
    const W3 = { n_layer: 6, n_head: 6, n_embd: 384, seq_len: 256, batch_size: 4, vocab_size: 256 };
    expect(WORKLOADS[2]?.shape).toEqual(W3);
    expect(WORKLOADS[4]?.shape).toEqual(W3);
  });
});

describe('the tables', () => {
  test('a cell is the median of the rounds, with tokens/s beside milliseconds', () => {
    const rounds = [90, 500, 100].map((ms): [System, string, number, Figures] => [
      node,
      'W1',
      1,
      { ms_per_step: ms },
    ]);
    expect(shown(rounds)).toContain('| ours in Node | 1 | 100 (7,680) |');
  });

  test('a ratio above 1 favors the fastest build in the place of the baseline', () => {
    const text = shown([
      [slow, 'W1', 1, { ms_per_step: 400 }],
      [node, 'W1', 1, { ms_per_step: 50 }],
      [page, 'W1', 1, { ms_per_step: 80 }],
      [native, 'W1', 1, { ms_per_step: 100 }],
      [web, 'W1', 1, { ms_per_step: 320 }],
      [node, 'W1', 2, { ms_per_step: 25 }],
      [newer, 'W1', 1, { ms_per_step: 20 }],
    ]);
    expect(text).toContain('| mini-llm in Node 20 over native | 1 | 2.00× |');
    expect(text).toContain('| mini-llm in Node 26 over native | 1 | 5.00× |');
    expect(text).toContain('| mini-llm in Chromium over web | 1 | 4.00× |');
    expect(text).toContain('| mini-llm, Node 26 over Node 20 | 1 | 2.50× |');
    expect(text).toContain('| mini-llm, Chromium over Node 20 | 1 | 0.63× |');
    expect(text).toContain('| ours, Node 20, over one thread | 2 | 2.00× |');
  });

  test('int8 is compared with float32 of the baselines', () => {
    const text = shown([
      [node, 'G1', 1, { cached: 1000, uncached: 50, int8: 3000 }],
      [native, 'G1', 1, { cached: 500, uncached: 100 }],
    ]);
    expect(text).toContain('| ours in Node | 1 | 1,000 / 50; int8 3,000 |');
    expect(text).toContain('| G1 with cache | G1 without | G1 int8 with cache |');
    expect(text).toContain('| mini-llm in Node 20 over native | 1 | 2.00× | 0.50× | 6.00× |');
  });

  test('leave out rows and tables without figures', () => {
    expect(shown([[native, 'W1', 2, { ms_per_step: 1 }]]).match(/^\| [a-z].*\|$/gm)).toEqual([
      '| training: ms/step (tokens/s) | threads | W1 |',
      '| native | 2 | 1 (768,000) |',
    ]);
    expect(shown([])).toBe('');
  });
});

describe('a block of docs/BENCHMARKS.md', () => {
  test('is replaced, and nothing else', () => {
    const around = (inside: string): string =>
      `before\n<!-- compare:begin -->\n${inside}<!-- compare:end -->\nafter\n`;
    expect(withBlock(around('old\n'), 'compare', 'new\n')).toBe(around('\nnew\n\n'));
    expect(() => withBlock('no marks', 'compare', 'new')).toThrow(/compare:begin/);
  });
});

describe('the flags', () => {
  test('a part is not complete', () => {
    expect(selection([]).complete).toBe(true);
    expect(selection(['--only', 'pytorch,mini-llm'])).toMatchObject({
      complete: false,
      only: ['pytorch', 'mini-llm'],
    });
    expect(selection(['--workloads', 'W1']).complete).toBe(false);
  });

  test.each([
    [['--only', 'torch'], /--only must be among .*pytorch.*, not "torch"/],
    [['--rounds', '1.5'], /--rounds must be a whole number, not "1.5"/],
    [['--seconds', '0'], /--seconds must be above zero, not "0"/],
    [['--quickly'], /--quickly.*There are --only/],
  ])('%j is refused', (argv, sentence) => {
    expect(() => selection(argv)).toThrow(sentence);
  });
});
