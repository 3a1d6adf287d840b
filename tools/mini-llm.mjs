#!/usr/bin/env node
// The command line: brings the core and itself up to date if need be, then runs in this very process.
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/parts.mjs';
import { entry } from './lib/report.mjs';

await entry(async () => {
  await ensureBuilt(['wasm', 'cli']);
  await import('../build/cli/mini-llm.js');
});
