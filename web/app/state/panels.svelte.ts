// Which panel is shown. Its name is the fragment of the page's address, so that links and the Back button lead to it.

import { getContext, setContext } from 'svelte';

export const PANELS = ['write', 'inside', 'runs', 'export', 'details'] as const;

export type PanelName = (typeof PANELS)[number];

export class Panels {
  shown = $state<PanelName>('write');

  /** Shows the panel of a fragment, or the first one; returns whether the fragment names a panel. */
  open(fragment: string): boolean {
    const panel = PANELS.find((name) => fragment === `#${name}`);
    this.shown = panel ?? 'write';
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
