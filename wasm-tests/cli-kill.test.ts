// kill -9 at random moments after the first save, half of them during a save: the file can always be read, and it holds the
// newest save that was complete. MINI_LLM_KILLS=100 kills that many.

import fs from 'node:fs';
import path from 'node:path';
import { cli, jsonLines, scratch, start } from './helpers/cli.ts';
import { sha256, sharedEngine } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const KILLS = Number(process.env['MINI_LLM_KILLS'] ?? 6);
/** Longer than a step and a save. */
const RANDOM_MS = 400;
/** About as long as a save, which begins with its temporary file. */
const SAVE_MS = 40;

const folder = scratch();
const OUT = 'model.safetensors';
/** Some megabytes, so that most of the time goes into saving. */
const TRAIN =
  'train text.txt --preset nanogpt --n_layer 2 --n_embd 192 --seq_len 8 --batch_size 1 --eval_every 0 --max_steps 100000 --reproducible --threads 1';
const flags = [...TRAIN.split(' '), '--save_every', '1', '--keep', '2', '--json', '--out', OUT];

beforeAll(() => fs.writeFileSync(path.join(folder, 'text.txt'), english(3000)));

const temporaries = (): string[] => fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'));
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves as soon as a save has begun. */
function saving(): Promise<void> {
  return new Promise((resolve) => {
    const watcher = fs.watch(folder, (_, name) => {
      if (name === null || !name.endsWith('.tmp')) return;
      watcher.close();
      resolve();
    });
  });
}

/** Kills a run; returns the last step that it reported, and whether a save was under way. */
async function killed(duringSave: boolean): Promise<{ reported: number; during: boolean }> {
  const { child, done, printed } = start(flags, folder);
  // Each step is reported after its save.
  await printed('"step":2,');
  await later(Math.random() * RANDOM_MS);
  if (duringSave) {
    await saving();
    await later(Math.random() * SAVE_MS);
  }
  child.kill('SIGKILL');
  const { stdout } = await done;
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  return { reported: Number(jsonLines(whole).at(-1)!['step']), during: temporaries().length > 0 };
}

test(`${KILLS} killed runs lose no save`, async () => {
  const engine = await sharedEngine();
  const lost: number[] = [];
  let during = 0;
  let last = 0;
  for (let i = 0; i < KILLS; i++) {
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.safetensors')))
      fs.rmSync(path.join(folder, name));
    const kill = await killed(2 * during <= i);
    if (kill.during) during++;
    const models = fs.readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
    expect(models).toContain(OUT);
    for (const name of models) {
      const file = new Uint8Array(fs.readFileSync(path.join(folder, name)));
      using model = engine.loadModel(file);
      expect(model.config().n_embd).toBe(192);
      const { step, has_optimizer } = engine.checkpointInfo(file);
      expect(has_optimizer).toBe(true);
      if (name !== OUT) expect(name).toBe(`model.step-${step}.safetensors`);
      else last = step;
    }
    if (last < kill.reported || last > kill.reported + 1) lost.push(last - kill.reported);
  }
  process.stderr.write(`${KILLS} kills, ${during} during a save, ${lost.length} saves lost\n`);
  expect(lost).toEqual([]);
  // The next run removes what the last save has left, and goes on with the same bits.
  const rest = ['--resume', OUT, '--stop_at_step', String(last + 3)];
  expect(await cli(['train', 'text.txt', ...rest], folder)).toMatchObject({ code: 0 });
  expect(temporaries()).toEqual([]);
  const whole = [...TRAIN.split(' '), '--out', 'whole.safetensors', '--stop_at_step', String(last + 3)];
  expect(await cli(whole, folder)).toMatchObject({ code: 0 });
  const [resumed, straight] = [OUT, 'whole.safetensors'].map((name) =>
    sha256(fs.readFileSync(path.join(folder, name))),
  );
  expect(resumed).toBe(straight);
}, 3_600_000);
