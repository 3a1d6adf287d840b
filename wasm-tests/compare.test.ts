// What `npm run compare` writes, from figures that were never measured.

interface Contender {
  id: string;
  title: string;
  short?: string;
  place: string;
  ours?: string;
  kinds: string[];
}
type Figures = Record<string, number>;
interface Measurements {
  add(contender: Contender, workload: unknown, threads: number, figures: Figures): void;
}

// Tools are plain modules without types; what is used of them is typed here.
const tool = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../tools/compare/lib/${name}.mjs`, import.meta.url).href)) as T;
const { tables } = await tool<{ tables: (run: object) => string }>('tables');
const { Measurements } = await tool<{ Measurements: new () => Measurements }>('measurements');
const { WORKLOADS } = await tool<{ WORKLOADS: { name: string }[] }>('workloads');
const { withBlock } = await tool<{ withBlock: (text: string, block: string) => string }>('publish');
const { wanted } = await tool<{ wanted: (argv: string[]) => { complete: boolean; only: string[] } }>(
  'wanted',
);

const kinds = ['train', 'generate'];
const node = { id: 'n', title: 'ours in Node', short: 'ours', place: 'Node', ours: 'threads', kinds };
const slow = { id: 's', title: 'slow in Node', short: 'slow', place: 'Node', ours: 'baseline', kinds };
const page = { id: 'p', title: 'ours in Chromium', short: 'ours', place: 'Chromium', ours: 'threads', kinds };
const native = { id: 'x', title: 'native', place: 'native', kinds };
const web = { id: 'w', title: 'web', place: 'Chromium', kinds };

function shown(figures: [Contender, string, number, Figures][]): string {
  const measurements = new Measurements();
  const workloads = WORKLOADS.filter(({ name }) => name === 'W1' || name === 'G1');
  for (const [contender, name, threads, values] of figures)
    measurements.add(
      contender,
      WORKLOADS.find((w) => w.name === name),
      threads,
      values,
    );
  return tables({
    contenders: [node, slow, page, native, web],
    workloads,
    threadCounts: [1, 2],
    measurements,
  });
}

describe('the tables', () => {
  test('a cell is the median of the rounds, with tokens a second beside milliseconds', () => {
    const rounds = [90, 500, 100].map((ms): [Contender, string, number, Figures] => [
      node,
      'W1',
      1,
      { ms_per_step: ms },
    ]);
    expect(shown(rounds)).toContain('| ours in Node | 1 | 100 (7,680) |');
  });

  test('a ratio above 1 is in favour of the fastest build, where the other one runs', () => {
    const text = shown([
      [slow, 'W1', 1, { ms_per_step: 400 }],
      [node, 'W1', 1, { ms_per_step: 50 }],
      [page, 'W1', 1, { ms_per_step: 80 }],
      [native, 'W1', 1, { ms_per_step: 100 }],
      [web, 'W1', 1, { ms_per_step: 320 }],
      [node, 'W1', 2, { ms_per_step: 25 }],
    ]);
    expect(text).toContain('| mini-llm over native | 1 | 2.00× |');
    expect(text).toContain('| mini-llm over web | 1 | 4.00× |');
    expect(text).toContain('| ours, Chromium over Node | 1 | 0.63× |');
    expect(text).toContain('| ours, Node, over one thread | 2 | 2.00× |');
  });

  test('int8 is held against the float32 of others', () => {
    const text = shown([
      [node, 'G1', 1, { cached: 1000, uncached: 50, int8: 3000 }],
      [native, 'G1', 1, { cached: 500, uncached: 100 }],
    ]);
    expect(text).toContain('| ours in Node | 1 | 1,000 / 50; int8 3,000 |');
    expect(text).toContain('| G1 with cache | G1 without | G1 int8 with cache |');
    expect(text).toContain('| mini-llm over native | 1 | 2.00× | 0.50× | 6.00× |');
  });

  test('whoever was not measured has no row, and nobody at all no table', () => {
    expect(shown([[native, 'W1', 2, { ms_per_step: 1 }]]).match(/^\| [a-z].*\|$/gm)).toEqual([
      '| training: ms a step (tokens/s) | threads | W1 |',
      '| native | 2 | 1 (768,000) |',
    ]);
    expect(shown([])).toBe('');
  });
});

describe('the README', () => {
  test('has only what stands between the marks replaced', () => {
    const around = (inside: string): string =>
      `before\n<!-- compare:begin -->\n${inside}<!-- compare:end -->\nafter\n`;
    expect(withBlock(around('old\n'), 'new\n')).toBe(around('\nnew\n\n'));
    expect(() => withBlock('no marks', 'new')).toThrow(/compare:begin/);
  });
});

describe('the flags', () => {
  test('a part is not complete', () => {
    expect(wanted([]).complete).toBe(true);
    expect(wanted(['--only', 'pytorch,mini-llm'])).toMatchObject({
      complete: false,
      only: ['pytorch', 'mini-llm'],
    });
    expect(wanted(['--workloads', 'W1']).complete).toBe(false);
  });

  test.each([
    [['--only', 'torch'], /--only must be among .*pytorch.*, not "torch"/],
    [['--rounds', '1.5'], /--rounds must be a whole number, not "1.5"/],
    [['--seconds', '0'], /--seconds must be above zero, not "0"/],
    [['--quickly'], /--quickly.*There are --only/],
  ])('%j is refused', (argv, sentence) => {
    expect(() => wanted(argv)).toThrow(sentence);
  });
});
