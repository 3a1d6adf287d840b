// Wide builds are checked before they are used: where their kernels fail, another build runs and says why.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findCore } from '../web/engine/built-core.ts';
import { loadEngine } from '../web/engine/load.ts';
import type { CoreFiles } from '../web/engine/variants.ts';
import { scratch } from './helpers/cli.ts';
import { tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const built = findCore();

/** The built core with another check of the kernels, a function in JavaScript. */
function coreWithCheck(name: string, check: string): { base: URL; files: CoreFiles } {
  const real = new URL(built.files['relaxed-threads-wide']!, built.base).href;
  const glue = path.join(folder, `${name}.mjs`);
  fs.writeFileSync(
    glue,
    `import create from '${real}';
     export default async (settings) => Object.assign(await create(settings), { kernel_self_check: ${check} });`,
  );
  const files = { ...built.files, 'relaxed-threads-wide': pathToFileURL(glue).href };
  return { base: built.base, files };
}

const HERE = { processors: { cores: 2 }, features: { relaxed: true, threads: true, wide: true } };
const DIFFERENT = "() => 'The matrix kernel differs.'";
const CRASHED = "() => { throw new WebAssembly.RuntimeError('unreachable'); }";

test('kernels that compute the same as plain code are used, and each load checks them', async () => {
  const checks = coreWithCheck('same', '(ms) => (globalThis.checkedFor = ms, "")');
  const engine = await loadEngine({ ...checks, ...HERE });
  expect([engine.coreVariant(), engine.threads]).toEqual(['relaxed-threads-wide', 2]);
  expect((globalThis as { checkedFor?: number }).checkedFor).toBeGreaterThan(0);
  engine.close();
});

test('the kernels of the built core pass', async () => {
  const engine = await loadEngine({ ...built, ...HERE });
  expect(engine.coreVariant()).toBe('relaxed-threads-wide');
  expect(engine.checkKernels(5)).toBe('');
  engine.close();
});

test.each([
  ['differ', DIFFERENT, /because they failed their check: The matrix kernel differs\.$/],
  ['crash', CRASHED, /because they failed their check: The core stopped unexpectedly \(unreachable\)/],
])('kernels that %s: a build without them trains, and says why', async (name, check, why) => {
  const engine = await loadEngine({ ...coreWithCheck(name, check), ...HERE });
  expect([engine.coreVariant(), engine.threads]).toEqual(['relaxed-threads', 2]);
  expect(engine.choice.why).toMatch(/^A build without wide kernels runs, /);
  expect(engine.choice.why).toMatch(why);
  const { run, end } = await trained(engine, english(2000), tiny({ max_steps: 3 }));
  expect(end).toMatchObject({ event: 'done', step: 3 });
  await run.delete();
  engine.close();
});

test('a wide build asked for by name is refused with the reason', async () => {
  const core = coreWithCheck('named', DIFFERENT);
  await expect(loadEngine({ ...core, ...HERE, variant: 'relaxed-threads-wide' })).rejects.toThrow(
    /^The relaxed-threads-wide build failed the check of its kernels: The matrix kernel differs\. Choose/,
  );
});
