// Begins with what takes longest: the worker with the core loads while the page is fetched and drawn.
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './start/connection.ts';
import { sayNotStarted } from './start/not-started.ts';

import('./mount.ts').catch(sayNotStarted);
