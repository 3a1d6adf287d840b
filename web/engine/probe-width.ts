// Whether this engine packs pairs of adjacent 128-bit operations into 256-bit ones: measured, since no API reports it.

/** Enough to keep two 256-bit units busy despite their latency; two 128-bit units take twice as long. */
const CHAINS = 16;
/** A call takes about 0.1 ms: twenty times what the clock of an isolated page resolves. */
const ITERATIONS = 40_000;
/** Unpacked, both loops take the same time; packed, one takes half as long as the other. */
const PACKED_RATIO = 1.5;
/** The result must hold this often in a row, so that one interrupted call does not decide. */
const ROUNDS = 8;

/** SIMD opcodes, and the alignment of addresses as a power of 2. */
const [V128_LOAD, V128_STORE, F32X4_MUL, ALIGNED] = [0, 11, 0xe6, 4] as const;
/** The parameters and locals of the function. */
const [ADDRESS, COUNT, ADJACENT, FACTOR, FIRST_CHAIN] = [0, 1, 2, 3, 4] as const;

const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
const simd = (operation: number): number[] => [0xfd, ...leb(operation)];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];

function forEachChain(code: (local: number, i: number) => number[]): number[] {
  return Array.from({ length: CHAINS }, (_, i) => code(FIRST_CHAIN + i, i)).flat();
}

/** Multiplies chains COUNT times that are loaded from and stored to addresses `stride` bytes apart. */
function chains(stride: number): number[] {
  const at = (i: number): number[] => [ALIGNED, ...leb(i * stride)];
  return [
    ...forEachChain((chain, i) => [...get(ADDRESS), ...simd(V128_LOAD), ...at(i), ...set(chain)]),
    ...[0x03, 0x40], // loop
    ...forEachChain((chain) => [...get(chain), ...get(FACTOR), ...simd(F32X4_MUL), ...set(chain)]),
    ...[...get(COUNT), 0x41, 1, 0x6b, 0x22, COUNT, 0x0d, 0, 0x0b], // if ((COUNT -= 1) != 0) repeat; end
    ...forEachChain((chain, i) => [...get(ADDRESS), ...get(chain), ...simd(V128_STORE), ...at(i)]),
  ];
}

/**
 * A module with memory and one function (ADDRESS, COUNT, ADJACENT), exported as "run". Both loops are in one function, so that they
 * reach the optimizing compiler at the same time. It starts packing from stores to adjacent addresses.
 */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const locals = [1, ...leb(1 + CHAINS), 0x7b];
  const factor = [...get(ADDRESS), ...simd(V128_LOAD), ALIGNED, 0, ...set(FACTOR)];
  const body = [...get(ADJACENT), 0x04, 0x40, ...chains(16), 0x05, ...chains(32), 0x0b]; // if, else, end
  const code = [...locals, ...factor, ...body, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}

/** Measures until the answer is yes, or for `limit_ms`: the optimizing compiler works beside this thread and may be late. */
function measured(limit_ms: number): boolean {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const run = exports['run'] as (address: number, count: number, adjacent: number) => void;
  const timed = (adjacent: boolean): number => {
    const start = performance.now();
    run(0, ITERATIONS, Number(adjacent));
    return performance.now() - start;
  };
  const end = performance.now() + limit_ms;
  let adjacent = Infinity;
  let apart = Infinity;
  for (let confirmed = 0; performance.now() < end;) {
    // In this order: when the first is fast for the first time, so is the second.
    adjacent = Math.min(adjacent, timed(true));
    apart = Math.min(apart, timed(false));
    // A clock too coarse to tell shows 0.
    confirmed = adjacent > 0 && apart > PACKED_RATIO * adjacent ? confirmed + 1 : 0;
    if (confirmed === ROUNDS) return true;
  }
  return false;
}

/** How long to measure: no browser is known to pack; Node does since 24, on x64. */
function patience(): number {
  if (typeof process !== 'object') return 15;
  return process.arch === 'x64' && Number.parseInt(process.versions.node) >= 24 ? 120 : 0;
}

let answer: boolean | undefined;

/** Takes about 10 ms if the answer is yes. Call it after the engine's flags are set; the first answer is kept. */
export function packsPairs(): boolean {
  const limit_ms = patience();
  answer ??= limit_ms > 0 && measured(limit_ms);
  return answer;
}
