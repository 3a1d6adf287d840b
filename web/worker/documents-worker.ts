// The worker that converts documents; see app/lib/convert-in-worker.ts.

import { expose } from 'comlink';
import { convertHere } from '../engine/documents/convert.ts';

expose(convertHere);
