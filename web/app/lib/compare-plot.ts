// The chart of several runs' curves: each has a color and a dash of its own.

import UPlot from 'uplot';
import { colorsOf } from './browser.ts';
import { Chart, type ChartData, type ChartOptions } from './chart.ts';
import { DASHES, type Curve } from './compare.ts';
import { words } from '../words/words.ts';

const HEIGHT = 280;

export interface Drawn {
  curves: readonly Curve[];
  names: readonly string[];
  title: string;
}

export class ComparePlot {
  readonly #container: HTMLElement;
  readonly #onStep: (step: number) => void;
  #chart: Chart | undefined;
  #drawn: Drawn = { curves: [], names: [], title: '' };

  /** `onStep` is called with the step under the pointer. */
  constructor(container: HTMLElement, onStep: (step: number) => void) {
    this.#container = container;
    this.#onStep = onStep;
  }

  show(drawn: Drawn): void {
    this.#drawn = drawn;
    this.#chart?.destroy();
    const tables = drawn.curves.map(({ steps, values }): ChartData => [steps, values]);
    // join() of nothing would have no steps.
    const data = tables.length > 0 ? UPlot.join(tables) : ([[]] as ChartData);
    this.#chart = new Chart(this.#container, HEIGHT, this.#options(drawn.curves), data);
  }

  /** Marks a step, as if the pointer were there. */
  mark(step: number): void {
    const plot = this.#chart?.plot;
    plot?.setCursor({ left: plot.valToPos(step, 'x'), top: 0 }, false);
  }

  /** The chart as a picture, with its title and the names of the runs. */
  async png(): Promise<Blob> {
    const { canvas } = this.#chart!.plot.ctx;
    const { names, title } = this.#drawn;
    const color = colorsOf(this.#container);
    const line = 20 * devicePixelRatio;
    const picture = document.createElement('canvas');
    picture.width = canvas.width;
    picture.height = canvas.height + line * (names.length + 2);
    const ctx = picture.getContext('2d')!;
    ctx.fillStyle = color('--surface');
    ctx.fillRect(0, 0, picture.width, picture.height);
    ctx.drawImage(canvas, 0, 1.5 * line);
    ctx.textBaseline = 'middle';
    ctx.font = `${14 * devicePixelRatio}px ${getComputedStyle(this.#container).fontFamily}`;
    ctx.fillStyle = color('--text');
    ctx.fillText(title, line / 2, line * 0.8);
    names.forEach((name, i) => {
      const y = canvas.height + line * (i + 2);
      ctx.fillText(name, 3 * line, y);
      ctx.strokeStyle = runColor(i, color);
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
    this.#chart?.destroy();
  }

  #options(curves: readonly Curve[]): ChartOptions {
    return (color) => ({
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false } },
      series: [
        {},
        ...curves.map((_, i): UPlot.Series => ({
          stroke: runColor(i, color),
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
    });
  }
}

function runColor(i: number, color: (name: string) => string): string {
  return matchMedia('(forced-colors: active)').matches ? color('--text') : color(`--run-${i + 1}`);
}
