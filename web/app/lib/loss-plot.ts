// uPlot, set up for the two loss curves in the page's own colours.

import UPlot from 'uplot';
import type { LossHistory } from './loss-history.ts';
import { tickLabels } from '../../engine/format.ts';

const HEIGHT = 220;

export class LossPlot {
  readonly #place: HTMLElement;
  #plot: UPlot;
  #history: LossHistory | undefined;
  #marked: number | undefined;
  #drawing = 0;
  readonly #observer: ResizeObserver;

  constructor(place: HTMLElement) {
    this.#place = place;
    this.#plot = this.#make();
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(place);
  }

  /** Draws with the next frame, however often it is asked; `marked` is the step whose weights were restored. */
  show(history: LossHistory, marked?: number): void {
    this.#history = history;
    this.#marked = marked;
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#plot.setData([history.steps, history.train, history.val]);
    });
  }

  /** Takes the colours anew, after the person's scheme has changed. */
  restyle(): void {
    this.#plot.destroy();
    this.#plot = this.#make();
    if (this.#history) this.show(this.#history, this.#marked);
  }

  destroy(): void {
    cancelAnimationFrame(this.#drawing);
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #make(): UPlot {
    return makePlot(this.#place, () => this.#marked);
  }

  #resize(): void {
    const width = this.#place.clientWidth;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

function makePlot(place: HTMLElement, marked: () => number | undefined): UPlot {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
    values: (_plot, ticks, _axis, _space, step) => tickLabels(ticks, step),
  };
  return new UPlot(
    {
      width: Math.max(place.clientWidth, 100),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { time: false, range: stepRange } },
      axes: [axis, { ...axis, size: (plot, labels) => widthOf(plot, labels) }],
      hooks: { draw: [(plot) => drawMark(plot, marked(), colour('--second'))] },
      series: [
        {},
        { label: 'Training', stroke: colour('--accent'), width: 1.5, points: { show: false } },
        {
          label: 'Validation',
          stroke: colour('--second'),
          width: 2,
          // Points lie many steps apart: a line joins them across the training steps between.
          spanGaps: true,
          points: { show: true, size: 6, fill: colour('--second') },
        },
      ],
    },
    [[], [], []],
    place,
  );
}

/** From step 0, and never so narrow that the first points stand alone. */
function stepRange(_plot: UPlot, _min: number | null, max: number | null): [number, number] {
  return [0, Math.max(max ?? 0, 20)];
}

/** Room for the longest label, in CSS pixels; it never shrinks to nothing while there are none. */
function widthOf({ ctx }: UPlot, labels: readonly string[] | null): number {
  const SMALLEST = 40;
  const GAP = 12;
  const widths = (labels ?? []).map((label) => ctx.measureText(label).width / devicePixelRatio);
  return Math.max(SMALLEST, Math.ceil(Math.max(0, ...widths)) + GAP);
}

/** A dashed line at the step whose weights the run was given back. */
function drawMark(plot: UPlot, step: number | undefined, colour: string): void {
  if (step === undefined) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(step, 'x', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
