// The chart of the two loss curves (uPlot), in the colors of the page.

import UPlot from 'uplot';
import type { LossHistory } from '../../engine/loss-history.ts';
import { words } from '../words/words.ts';

const HEIGHT = 220;

export class LossPlot {
  readonly #container: HTMLElement;
  #plot: UPlot;
  #history: LossHistory | undefined;
  #marked: number | undefined;
  #drawing = 0;
  readonly #observer: ResizeObserver;

  constructor(container: HTMLElement) {
    this.#container = container;
    this.#plot = this.#make();
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(container);
  }

  /** Draws once per frame, however often it is called; `marked` is the step whose weights were restored. */
  show(history: LossHistory, marked?: number): void {
    this.#history = history;
    this.#marked = marked;
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#plot.setData([history.steps, history.train, history.val]);
    });
  }

  /** Applies the colors of a changed color scheme. */
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
    return makePlot(this.#container, () => this.#marked);
  }

  #resize(): void {
    const width = this.#container.clientWidth;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

function makePlot(container: HTMLElement, marked: () => number | undefined): UPlot {
  const style = getComputedStyle(container);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
    values: (_plot, ticks, _axis, _space, step) => [...words.format.tickLabels(ticks, step)],
  };
  return new UPlot(
    {
      width: Math.max(container.clientWidth, 100),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { time: false, range: stepRange } },
      axes: [axis, { ...axis, size: (plot, labels) => widthOf(plot, labels) }],
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
    },
    [[], [], []],
    container,
  );
}

/** From step 0 to at least step 20, so that the first points do not fill the chart. */
function stepRange(_plot: UPlot, _min: number | null, max: number | null): [number, number] {
  return [0, Math.max(max ?? 0, 20)];
}

/** The width of the longest label in CSS pixels, with a minimum for charts without labels. */
function widthOf({ ctx }: UPlot, labels: readonly string[] | null): number {
  const MIN_WIDTH = 40;
  const GAP = 12;
  const widths = (labels ?? []).map((label) => ctx.measureText(label).width / devicePixelRatio);
  return Math.max(MIN_WIDTH, Math.ceil(Math.max(0, ...widths)) + GAP);
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
