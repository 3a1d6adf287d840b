// The scripts "lint:…" of package.json.
import { readFileSync } from 'node:fs';
import { inCheckout } from './paths.mjs';
import { run } from './toolchain.mjs';

export async function checks(tally) {
  const { scripts } = JSON.parse(readFileSync(inCheckout('package.json'), 'utf8'));
  for (const name of Object.keys(scripts).filter((script) => script.startsWith('lint:')))
    await tally.step(name, async () => {
      await run('npm', ['run', '--silent', name]);
    });
}
