// The chart of the race: milliseconds of each token, by its position.

import type { RaceResult } from '../../engine/cache-race.ts';
import { Chart } from './chart.ts';

const HEIGHT = 180;

/** Times above this are few: other work on the machine makes single tokens many times as slow. */
function usual(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(0.9 * times.length)] ?? 0;
}

export class RacePlot {
  readonly #chart: Chart;
  #top = 1;

  constructor(container: HTMLElement) {
    this.#chart = new Chart(container, HEIGHT, (color) => ({
      scales: { x: { time: false }, y: { range: () => [0, this.#top] } },
      series: [
        {},
        { stroke: color('--accent'), width: 2, points: { show: false } },
        { stroke: color('--second'), width: 2, dash: [6, 3], points: { show: false } },
      ],
    }));
  }

  /** Positions count from 1 and leave out the first step, which computes the whole prompt in both lanes. */
  show({ on, off }: RaceResult): void {
    const count = Math.min(on.steps.length, off.steps.length);
    const positions = Array.from({ length: Math.max(0, count - 1) }, (_, i) => i + 2);
    const times = (lane: RaceResult['on']) => lane.steps.slice(1, count).map(({ ms }) => ms);
    const shown = [times(on), times(off)];
    this.#top = Math.max(...shown.map(usual), 1e-3) * 1.3;
    this.#chart.show([positions, shown[0]!, shown[1]!]);
  }

  restyle(): void {
    this.#chart.restyle();
  }

  destroy(): void {
    this.#chart.destroy();
  }
}
