// Preloaded (node --import) by the commands that need what tools/setup.sh installs: says so if it is missing.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../../node_modules/.mini-llm/toolchain', import.meta.url))) {
  process.stderr.write('mini-llm: This checkout has not been set up; run "npm run setup" first.\n');
  process.exit(1);
}
