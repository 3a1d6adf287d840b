// Before each test file. Node 20 keeps relaxed SIMD behind a flag, which tests of the probes need before any core is
// loaded; and the version is what a bundled program has.
import fs from 'node:fs';
import { prepareV8 } from '../../web/engine/node.ts';

prepareV8();

const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
Object.assign(globalThis, { MINI_LLM_VERSION: version });
