// The worker's entry: training runs here, so that the page stays free to answer.

import { expose } from 'comlink';
import type { WorkerMessage } from './protocol.ts';
import { Service } from './service.ts';

const service = new Service((event) => postMessage({ event } satisfies WorkerMessage));

// Reports uncaught errors to the page.
addEventListener('unhandledrejection', (event) => service.crash(event.reason));

// The worker's name is the core's folder, so that loading begins before any message arrives. Errors are reported to the
// call of open().
if (self.name !== '') service.open(self.name).catch(() => undefined);

expose(service);
