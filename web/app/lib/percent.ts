// Probabilities as people read them.

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });

/** "34%", "0.12%"; "below 0.01%" is as small as it gets. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.0001) return 'below 0.01%';
  if (share > 0.995 && share < 1) return 'above 99.5%';
  return percent.format(share);
}
