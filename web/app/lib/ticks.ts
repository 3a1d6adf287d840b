// What an axis says at its ticks.

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 3 });
/** From here on numbers are too long for the place between two ticks … */
const LONG = 100_000;
/** … and of ticks so far apart the short form loses nothing. */
const FAR_APART = 1000;

/** As many decimals as the step between two ticks has, so that no two of them read the same. */
export function tickLabels(ticks: readonly number[], step: number): string[] {
  const decimals = decimalsOf(step);
  return ticks.map((tick) =>
    Math.abs(tick) >= LONG && step >= FAR_APART
      ? short.format(tick)
      : tick.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  );
}

function decimalsOf(step: number): number {
  const [digits = '', exponent = '0'] = step.toString().split('e');
  const after = digits.split('.')[1]?.length ?? 0;
  return Math.min(20, Math.max(0, after - Number(exponent)));
}
