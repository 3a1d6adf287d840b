// A guided path for a class: in steps, each with a sentence and one thing to press.

import type { PanelName } from './panels.svelte.ts';

/** The steps in order. Their sentences are in the words; the part of the page has the name as data-guide. */
export const GUIDE_STEPS = ['text', 'train', 'sample', 'timeline', 'prompt', 'next', 'attention'] as const;

export type GuideStep = (typeof GUIDE_STEPS)[number];

const PANEL_OF: Readonly<Partial<Record<GuideStep, PanelName>>> = {
  sample: 'write',
  timeline: 'write',
  prompt: 'write',
  next: 'inside',
  attention: 'inside',
};

export class Guide {
  /** The number of the step, from 0; undefined while the guide is closed. */
  at = $state<number | undefined>(undefined);

  readonly step = $derived(this.at === undefined ? undefined : GUIDE_STEPS[this.at]);

  open(): void {
    this.at = 0;
  }

  close(): void {
    this.at = undefined;
  }

  /** Moves by so many steps, and stays among them. */
  move(by: number): void {
    if (this.at !== undefined) this.at = Math.min(Math.max(0, this.at + by), GUIDE_STEPS.length - 1);
  }
}

/** The panel that a step is about, if it is about one. */
export function panelOf(step: GuideStep): PanelName | undefined {
  return PANEL_OF[step];
}
