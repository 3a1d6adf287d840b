// The page before the app has drawn itself: a sentence stands there, hidden at first (index.html).

import { explained } from '../../engine/errors.ts';

/** Shows at once why the app does not come. */
export function sayNotStarted(error: unknown): void {
  const place = document.querySelector('.not-started');
  if (!place) return;
  place.textContent = `mini-llm could not be started. ${explained(error)}`;
  place.setAttribute('role', 'alert');
}
