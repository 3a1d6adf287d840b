// Keeps runs in a worker of its own, so that writing to the disk never stops training.

import { expose } from 'comlink';
import { RunLibrary } from './library.ts';
import { openStore } from './store.ts';

expose(new RunLibrary(openStore()));
