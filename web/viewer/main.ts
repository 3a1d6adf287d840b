// The page of an exported model: one file, opened from disk, that generates without a network.
import '../app/styles/tokens.css';
import '../app/styles/base.css';
import { mount } from 'svelte';
import { language } from '../app/words/language.svelte.ts';
import { sentence } from '../engine/errors.ts';
import { embeddedModel } from './embedded.ts';
import Viewer from './Viewer.svelte';
import { ViewerSession } from './viewer-session.svelte.ts';

const target = document.getElementById('app')!;

async function start(): Promise<void> {
  await language.begin();
  const session = new ViewerSession(embeddedModel());
  target.replaceChildren();
  mount(Viewer, { target, props: { session } });
}

start().catch((error: unknown) => {
  const message = target.querySelector('.not-started')!;
  message.textContent = sentence(error);
  message.setAttribute('role', 'alert');
});
