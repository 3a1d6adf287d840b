// npm test: sets up, builds and runs everything; goes on after a failure, and ends with the total. With
// arguments (npm test -- PATTERN …) only the Jest tests of files that match.
import './lib/node-version.mjs';
import { CHECKS } from './lib/checks.mjs';
import { nativeTests, wasmTests } from './lib/google-tests.mjs';
import { jestTests } from './lib/jest-tests.mjs';
import { ensureBuilt, VARIANTS } from './lib/parts.mjs';
import { entry } from './lib/report.mjs';
import { Tally } from './lib/tally.mjs';

await entry(async () => {
  const patterns = process.argv.slice(2);
  await ensureBuilt([]);
  const tally = new Tally();
  if (patterns.length === 0) {
    for (const [name, work] of CHECKS) await tally.step(name, work);
    await tally.step('Native tests', () => nativeTests('native'));
    await tally.step('Native tests under AddressSanitizer and UndefinedBehaviorSanitizer', () =>
      nativeTests('sanitized'),
    );
    for (const variant of VARIANTS) {
      await tally.step(`The same tests in WebAssembly: ${variant}`, () => wasmTests(variant));
    }
  }
  await tally.step('Jest: engine, command line and page', () => jestTests(patterns));
  tally.finish();
});
