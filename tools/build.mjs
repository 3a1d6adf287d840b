// npm run build [-- PART …]: builds what is out of date of the given parts, or of all that a user runs.
import './lib/node-version.mjs';
import { ensureBuilt, PART_NAMES } from './lib/parts.mjs';
import { entry, Failure, say } from './lib/report.mjs';

await entry(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !PART_NAMES.includes(name));
  if (unknown)
    throw new Failure(`There is no part "${unknown}" to build; there are ${PART_NAMES.join(', ')}.`);
  await ensureBuilt(wanted.length > 0 ? wanted : ['wasm', 'cli', 'page']);
  say('Everything is built.');
});
