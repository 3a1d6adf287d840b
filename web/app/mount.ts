import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './words/language.svelte.ts';

/** Draws the page in its language. No await at the top level: it would split the page's script into many files. */
export async function start(): Promise<void> {
  const target = document.getElementById('app');
  if (!target) throw new Error('index.html has no element #app.');
  await language.begin();
  target.replaceChildren();
  mount(App, { target });
}
