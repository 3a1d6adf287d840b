// npm run lint: formatting, lint rules and types, each a script "lint:…" of package.json.
import { checks } from './lib/checks.mjs';
import { entry } from './lib/report.mjs';
import { Tally } from './lib/tally.mjs';

await entry(async () => {
  const tally = new Tally();
  await checks(tally);
  tally.finish();
});
