// If threads cannot start, the engine runs on one thread and says why.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { coreFilesIn } from '../web/engine/built-core.ts';
import { loadEngine } from '../web/engine/load.ts';
import type { CoreFiles } from '../web/engine/variants.ts';
import { scratch } from './helpers/cli.ts';
import { tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const BUILT = new URL('../public/wasm/', import.meta.url);

/** The built core, but with other scripts for its threads. */
function coreWithThreads(folder: string, script: string | undefined): { base: URL; files: CoreFiles } {
  fs.cpSync(BUILT, folder, { recursive: true });
  const files = coreFilesIn(fileURLToPath(BUILT));
  for (const glue of [files.threads!, files['relaxed-threads']!]) {
    const file = path.join(folder, glue);
    const code = fs
      .readFileSync(file, 'utf8')
      .replace(`new URL("${path.basename(glue)}"`, 'new URL("thread.js"');
    expect(code).toContain('new URL("thread.js"');
    fs.writeFileSync(file, code);
    if (script !== undefined) fs.writeFileSync(path.join(path.dirname(file), 'thread.js'), script);
  }
  return { base: pathToFileURL(`${folder}/`), files };
}

describe('in Node', () => {
  const folder = scratch();

  test.each([
    ['never answers', 'setInterval(() => undefined, 1000);', /it did not answer within 5 seconds$/],
    ['ends at once', '', /it did not answer/],
    ['throws', 'throw new Error("not today");', /not today$/],
    ['is not there', undefined, /Cannot find module/],
  ])('a thread whose worker %s', async (name, script, reason) => {
    const core = coreWithThreads(path.join(folder, name.replaceAll(' ', '-')), script);
    const engine = await loadEngine({ ...core, processors: { cores: 3 } });
    expect([engine.coreVariant(), engine.threads]).toEqual(['relaxed', 1]);
    expect(engine.choice.why).toMatch(/^One thread runs, because threads could not start: a thread's worker/);
    expect(engine.choice.why).toMatch(reason);
    const { run, end } = await trained(engine, english(2000), tiny({ max_steps: 3 }));
    expect(end).toMatchObject({ event: 'done', step: 3 });
    await run.delete();
  });

  test('a build asked for by name is refused with the reason', async () => {
    const core = coreWithThreads(path.join(folder, 'named'), 'throw new Error("not today");');
    await expect(loadEngine({ ...core, processors: { cores: 3 }, variant: 'threads' })).rejects.toThrow(
      /could not be loaded from .*mini-llm-threads\.js: a thread's worker could not start: not today/,
    );
  });
});
