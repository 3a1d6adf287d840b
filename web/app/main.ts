// Starts the worker with the core first, because it takes longest, and fetches the page meanwhile.
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './start/connection.ts';
import './words/choice.ts';
import { explained } from '../engine/errors.ts';

import('./mount.ts').then(({ start }) => start()).catch(showStartError);

/** Replaces the message of index.html by the reason why the page did not start. */
function showStartError(error: unknown): void {
  const message = document.querySelector('.not-started');
  if (!message) return;
  message.textContent = `mini-llm could not start. ${explained(error)}`;
  message.setAttribute('role', 'alert');
}
