#!/usr/bin/env node
// The command line. In a checkout it has to be built first; the package brings it along.
import { existsSync } from 'node:fs';

const program = new URL('../build/cli/mini-llm.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write(
    'mini-llm: It has not been built here; run "npm run setup" and "npm run build", or "npm start", which does both.\n',
  );
  process.exitCode = 1;
}
