// Node 20 keeps relaxed SIMD behind a flag, which tests of the probes need before any core is loaded.
import { prepareV8 } from '../../web/engine/node.ts';

prepareV8();
