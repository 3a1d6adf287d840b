// uPlot, set up for the two loss curves in the page's own colours.

import UPlot from 'uplot';
import type { LossHistory } from './loss-history.ts';

const HEIGHT = 220;

export class LossPlot {
  readonly #place: HTMLElement;
  #plot: UPlot;
  #history: LossHistory | undefined;
  #drawing = 0;
  readonly #observer: ResizeObserver;

  constructor(place: HTMLElement) {
    this.#place = place;
    this.#plot = makePlot(place);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(place);
  }

  /** Draws with the next frame, however often it is asked. */
  show(history: LossHistory): void {
    this.#history = history;
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#plot.setData([history.steps, history.train, history.val]);
    });
  }

  /** Takes the colours anew, after the person's scheme has changed. */
  restyle(): void {
    this.#plot.destroy();
    this.#plot = makePlot(this.#place);
    if (this.#history) this.show(this.#history);
  }

  destroy(): void {
    cancelAnimationFrame(this.#drawing);
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #resize(): void {
    const width = this.#place.clientWidth;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }
}

function makePlot(place: HTMLElement): UPlot {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  return new UPlot(
    {
      width: Math.max(place.clientWidth, 100),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { time: false, range: stepRange } },
      axes: [axis, { ...axis, size: 40 }],
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
