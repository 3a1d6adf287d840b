// npm run lint: formatting, lint rules and types.
import './lib/node-version.mjs';
import { CHECKS } from './lib/checks.mjs';
import { ensureBuilt } from './lib/parts.mjs';
import { entry } from './lib/report.mjs';
import { Tally } from './lib/tally.mjs';

await entry(async () => {
  await ensureBuilt([]);
  const tally = new Tally();
  for (const [name, work] of CHECKS) await tally.step(name, work);
  tally.finish();
});
