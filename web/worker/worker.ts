// The worker's entry: training runs here, so that the page stays free to answer.

import { expose } from 'comlink';
import type { WorkerMessage } from './protocol.ts';
import { Service } from './service.ts';

const service = new Service((told) => postMessage({ told } satisfies WorkerMessage));

// What nobody caught would otherwise vanish: the page must be able to say it.
addEventListener('unhandledrejection', (event) => service.crash(event.reason));

// The page names the worker after the core's folder, so that loading begins before any message arrives. Whoever
// asks to open it is told how that went.
if (self.name !== '') service.open(self.name).catch(() => undefined);

expose(service);
