// Draws the attention weights of one head as a map: a row for each token, a column for each token that it may look at.

/** Draws the weights [n, n], one pixel each; what the causal mask hides stays empty. */
export function drawMap(canvas: HTMLCanvasElement, weights: Float32Array, n: number): void {
  canvas.width = canvas.height = n;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || n === 0) return;
  const [red, green, blue] = rgbOf(getComputedStyle(canvas).color, context);
  const image = context.createImageData(n, n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++) {
      const at = 4 * (row * n + column);
      image.data.set([red, green, blue, opacity(weights[row * n + column]!)], at);
    }
  context.putImageData(image, 0, 0);
}

/** From 14, so that the triangle is visible, to 255; the root makes small weights visible. */
function opacity(weight: number): number {
  return 14 + 241 * Math.sqrt(weight);
}

/** A CSS color as the canvas draws it. */
export function rgbOf(color: string, context: CanvasRenderingContext2D): [number, number, number] {
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  context.clearRect(0, 0, 1, 1);
  return [red, green, blue];
}

/** The `count` tokens that get most of a row of weights. */
export function mostSeen(row: Float32Array, count: number): { i: number; weight: number }[] {
  return Array.from(row, (weight, i) => ({ i, weight }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count);
}
