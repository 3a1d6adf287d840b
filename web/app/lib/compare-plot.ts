// The chart of several runs' curves (uPlot): each has a color and a dash of its own.

import UPlot from 'uplot';
import type { Curve } from './compare.ts';
import { words } from '../words/words.ts';

const HEIGHT = 280;

/** The dashes of the curves, in CSS pixels. */
export const DASHES: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [12, 3, 2, 3], [5, 2], [14, 6]];
export const MOST_RUNS = DASHES.length;

export interface Drawn {
  curves: readonly Curve[];
  names: readonly string[];
  title: string;
}

export class ComparePlot {
  readonly #container: HTMLElement;
  readonly #onStep: (step: number) => void;
  readonly #observer: ResizeObserver;
  #plot: UPlot | undefined;
  #drawn: Drawn = { curves: [], names: [], title: '' };

  /** `onStep` is called with the step under the pointer. */
  constructor(container: HTMLElement, onStep: (step: number) => void) {
    this.#container = container;
    this.#onStep = onStep;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(container);
  }

  show(drawn: Drawn): void {
    this.#drawn = drawn;
    this.#plot?.destroy();
    const { curves } = drawn;
    const tables = curves.map(({ steps, values }): UPlot.AlignedData => [steps, values]);
    // join() of nothing would have no steps.
    const data = tables.length > 0 ? UPlot.join(tables) : ([[]] as UPlot.AlignedData);
    this.#plot = new UPlot(this.#options(curves), data, this.#container);
  }

  /** Marks a step, as if the pointer were there. */
  mark(step: number): void {
    const plot = this.#plot;
    if (plot) plot.setCursor({ left: plot.valToPos(step, 'x'), top: 0 }, false);
  }

  /** The chart as a picture, with its title and the names of the runs. */
  async png(): Promise<Blob> {
    const { canvas } = this.#plot!.ctx;
    const { names, title } = this.#drawn;
    const line = 20 * devicePixelRatio;
    const picture = document.createElement('canvas');
    picture.width = canvas.width;
    picture.height = canvas.height + line * (names.length + 2);
    const ctx = picture.getContext('2d')!;
    ctx.fillStyle = this.#color('--surface');
    ctx.fillRect(0, 0, picture.width, picture.height);
    ctx.drawImage(canvas, 0, 1.5 * line);
    ctx.textBaseline = 'middle';
    ctx.font = `${14 * devicePixelRatio}px ${getComputedStyle(this.#container).fontFamily}`;
    ctx.fillStyle = this.#color('--text');
    ctx.fillText(title, line / 2, line * 0.8);
    names.forEach((name, i) => {
      const y = canvas.height + line * (i + 2);
      ctx.fillText(name, 3 * line, y);
      ctx.strokeStyle = this.#runColor(i);
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash(DASHES[i]!.map((dash) => dash * devicePixelRatio));
      ctx.beginPath();
      ctx.moveTo(line / 2, y);
      ctx.lineTo(2.5 * line, y);
      ctx.stroke();
    });
    return new Promise((resolve, reject) =>
      picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(words.compare.noPicture)))),
    );
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot?.destroy();
  }

  #options(curves: readonly Curve[]): UPlot.Options {
    const axis: UPlot.Axis = {
      stroke: this.#color('--muted'),
      grid: { stroke: this.#color('--line'), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(this.#container).fontFamily}`,
      values: (_plot, ticks, _axis, _space, step) => [...words.format.tickLabels(ticks, step)],
    };
    return {
      width: Math.max(this.#container.clientWidth, 100),
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false } },
      axes: [axis, { ...axis, size: 60 }],
      series: [
        {},
        ...curves.map((_, i): UPlot.Series => ({
          stroke: this.#runColor(i),
          dash: [...DASHES[i]!],
          width: 2,
          spanGaps: true,
          points: { show: curves[i]!.steps.length < 2 },
        })),
      ],
      hooks: {
        setCursor: [
          (plot) => {
            const step = plot.data[0][plot.cursor.idx ?? -1];
            if (step !== undefined) this.#onStep(step);
          },
        ],
      },
    };
  }

  #runColor(i: number): string {
    return matchMedia('(forced-colors: active)').matches
      ? this.#color('--text')
      : this.#color(`--run-${i + 1}`);
  }

  #color(name: string): string {
    return getComputedStyle(this.#container).getPropertyValue(name).trim();
  }

  #resize(): void {
    const width = this.#container.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}
