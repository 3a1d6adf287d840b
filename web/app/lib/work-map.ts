// Draws what a generation has computed: a row for each new token, a column for each token of the text.

import type { Slice } from '../../engine/generate.ts';
import { rgbOf } from './attention-map.ts';

/** The columns of a row, from `begin` up to `end`; those from `computed` on were computed, those before it read. */
export interface WorkRow {
  begin: number;
  computed: number;
  end: number;
}

/** `before` tokens come before the first new one: the prompt. Each step sees all tokens before its own. */
export function workRows(steps: readonly Slice[], before: number): WorkRow[] {
  return steps.map(({ computed, cached }, i) => {
    const end = before + i;
    return { begin: end - computed - cached, computed: end - computed, end };
  });
}

export interface WorkColors {
  computed: string;
  cached: string;
}

/** Draws rows × columns, one pixel each. */
export function drawWork(
  canvas: HTMLCanvasElement,
  rows: readonly WorkRow[],
  [width, height]: [number, number],
  colors: WorkColors,
): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || width === 0 || height === 0) return;
  const [computed, cached] = [rgbOf(colors.computed, context), rgbOf(colors.cached, context)];
  const image = context.createImageData(width, height);
  rows.forEach((row, y) => {
    for (let x = Math.max(0, row.begin); x < Math.min(row.end, width); x++)
      image.data.set([...(x < row.computed ? cached : computed), 255], 4 * (y * width + x));
  });
  context.putImageData(image, 0, 0);
}
