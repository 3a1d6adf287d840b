// Which panel is shown. Its name is the fragment of the page's address, so that links and the Back button lead to it.

import { getContext, setContext } from 'svelte';

export const PANELS = [
  { name: 'write', label: 'Write' },
  { name: 'inside', label: 'Look inside' },
  { name: 'runs', label: 'Runs' },
  { name: 'export', label: 'Export' },
  { name: 'details', label: 'Details' },
] as const;

export type PanelName = (typeof PANELS)[number]['name'];

export class Panels {
  shown = $state<PanelName>('write');

  /** Shows the panel of a fragment, or the first one; returns whether the fragment names a panel. */
  open(fragment: string): boolean {
    const panel = PANELS.find(({ name }) => fragment === `#${name}`);
    this.shown = panel?.name ?? 'write';
    return panel !== undefined;
  }
}

/** Whether the panel around a component is in view. */
interface View {
  readonly shown: boolean;
}

const VIEW = Symbol('view');

export function setView(view: View): void {
  setContext(VIEW, view);
}

export function getView(): View {
  return getContext<View | undefined>(VIEW) ?? { shown: true };
}
