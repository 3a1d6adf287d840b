// The chart of the two loss curves.

import type UPlot from 'uplot';
import type { LossHistory } from '../../engine/loss-history.ts';
import { Chart, type ChartOptions } from './chart.ts';

const HEIGHT = 220;

export class LossPlot {
  readonly #chart: Chart;
  #marked: number | undefined;

  constructor(container: HTMLElement) {
    this.#chart = new Chart(
      container,
      HEIGHT,
      lossOptions(() => this.#marked),
    );
  }

  /** `marked` is the step whose weights were restored. */
  show({ steps, train, val }: LossHistory, marked?: number): void {
    this.#marked = marked;
    this.#chart.show([steps, train, val]);
  }

  restyle(): void {
    this.#chart.restyle();
  }

  destroy(): void {
    this.#chart.destroy();
  }
}

function lossOptions(marked: () => number | undefined): ChartOptions {
  return (color) => ({
    scales: { x: { time: false, range: stepRange } },
    hooks: { draw: [(plot) => drawMark(plot, marked(), color('--second'))] },
    series: [
      {},
      { stroke: color('--accent'), width: 1.5, points: { show: false } },
      {
        stroke: color('--second'),
        width: 2,
        // Connect validation points across the training steps between them.
        spanGaps: true,
        points: { show: true, size: 6, fill: color('--second') },
      },
    ],
  });
}

/** From step 0 to at least step 20, so that the first points do not fill the chart. */
function stepRange(_plot: UPlot, _min: number | null, max: number | null): [number, number] {
  return [0, Math.max(max ?? 0, 20)];
}

/** A dashed line at the step whose weights were restored. */
function drawMark(plot: UPlot, step: number | undefined, color: string): void {
  if (step === undefined) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(step, 'x', true));
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
