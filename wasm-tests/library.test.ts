// The example of the library, as it stands in examples/.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));

test('examples/train-and-generate.mjs trains ten steps and generates from what it has saved', async () => {
  const { stdout, stderr } = await promisify(execFile)(
    'node',
    ['examples/train-and-generate.mjs', 'LICENSE'],
    {
      cwd: CHECKOUT,
    },
  );
  expect(stderr).toBe('');
  const lines = stdout.split('\n');
  lines
    .slice(0, 10)
    .forEach((line, i) => expect(line).toMatch(new RegExp(`^step ${i + 1}: loss \\d\\.\\d{3}$`)));
  const text = lines.slice(10).join('\n');
  expect(text.length).toBeGreaterThan(20);
});
