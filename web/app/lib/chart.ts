// A chart (uPlot) in the colors of the page, which follows the width of its container and the color scheme.

import UPlot from 'uplot';
import { colorsOf } from './browser.ts';
import { words } from '../words/words.ts';

export type ChartData = UPlot.AlignedData;

/** What is this chart's own. */
export type ChartOptions = (
  color: ReturnType<typeof colorsOf>,
) => Pick<UPlot.Options, 'series' | 'scales' | 'hooks' | 'cursor'>;

export class Chart {
  readonly #container: HTMLElement;
  readonly #height: number;
  readonly #options: ChartOptions;
  #plot: UPlot;
  #data: ChartData | undefined;
  #drawing = 0;
  readonly #observer: ResizeObserver;

  constructor(container: HTMLElement, height: number, options: ChartOptions, data?: ChartData) {
    this.#container = container;
    this.#height = height;
    this.#options = options;
    this.#data = data;
    this.#plot = this.#make();
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(container);
  }

  get plot(): UPlot {
    return this.#plot;
  }

  /** Draws once per frame, however often it is called. */
  show(data: ChartData): void {
    this.#data = data;
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#plot.setData(this.#data!);
    });
  }

  /** Applies the colors of a changed color scheme. */
  restyle(): void {
    this.#plot.destroy();
    this.#plot = this.#make();
  }

  destroy(): void {
    cancelAnimationFrame(this.#drawing);
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #make(): UPlot {
    const color = colorsOf(this.#container);
    const axis: UPlot.Axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(this.#container).fontFamily}`,
      values: (_plot, ticks, _axis, _space, step) => [...words.format.tickLabels(ticks, step)],
    };
    const own = this.#options(color);
    return new UPlot(
      {
        width: Math.max(this.#container.clientWidth, 100),
        height: this.#height,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 8, 0, 0],
        axes: [axis, { ...axis, size: (plot, labels) => widthOf(plot, labels) }],
        ...own,
      },
      this.#data ?? (own.series.map(() => []) as unknown as ChartData),
      this.#container,
    );
  }

  #resize(): void {
    const width = this.#container.clientWidth;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#height });
  }
}

/** The width of the longest label in CSS pixels, with a minimum for charts without labels. */
function widthOf({ ctx }: UPlot, labels: readonly string[] | null): number {
  const MIN_WIDTH = 40;
  const GAP = 12;
  const widths = (labels ?? []).map((label) => ctx.measureText(label).width / devicePixelRatio);
  return Math.max(MIN_WIDTH, Math.ceil(Math.max(0, ...widths)) + GAP);
}
