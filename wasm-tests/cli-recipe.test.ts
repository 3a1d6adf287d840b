// train --recipe repeats a run to the same bits; and a run that is resumed stays as reproducible as it was.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_SHAPE, TINY_FLAGS, cli, scratch, type Outcome } from './helpers/cli.ts';
import { sha256 } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string): string => path.join(folder, name);
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const hash = (name: string): string => sha256(fs.readFileSync(at(name)));

async function done(...args: string[]): Promise<Outcome> {
  const outcome = await run(...args);
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

async function refused(args: readonly string[], sentence: RegExp, code = 2): Promise<void> {
  const outcome = await run(...args);
  expect(outcome.stderr).toMatch(sentence);
  expect(outcome.stderr).toMatch(/^mini-llm: [^\n]*\.\n$/);
  expect(outcome).toMatchObject({ code, stdout: '' });
}

const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '20', '--dropout', '0.1'];

beforeAll(async () => {
  fs.writeFileSync(at('text.txt'), english(3000));
  fs.writeFileSync(at('other.txt'), english(2500));
  await done(...TRAIN, '--reproducible', '--out', 'plain.safetensors');
  await done(...TRAIN, '--out', 'fast.safetensors');
});

describe('a resumed run', () => {
  test('stays reproducible without --reproducible, on any number of threads', async () => {
    for (const threads of ['1', '2']) {
      await done(...TRAIN, '--reproducible', '--stop_at_step', '7', '--out', 'part.safetensors');
      const { stderr } = await done(
        'train',
        'text.txt',
        '--resume',
        'part.safetensors',
        '--threads',
        threads,
      );
      expect(stderr).toMatch(/Reproducible is on/);
      expect(hash('part.safetensors')).toBe(hash('plain.safetensors'));
    }
  });

  test.each([
    ['baseline', 'plain'],
    ['threads', 'plain'],
    ['relaxed', 'fast'],
    ['relaxed-threads', 'fast'],
  ])('of the build %s ends as a run without a stop', async (variant, whole) => {
    await done(...TRAIN, '--variant', variant, '--stop_at_step', '7', '--out', 'part.safetensors');
    await done('train', 'text.txt', '--resume', 'part.safetensors');
    expect(hash('part.safetensors')).toBe(hash(`${whole}.safetensors`));
  });

  test('changes the build only if asked, and then says so', async () => {
    await done(...TRAIN, '--reproducible', '--stop_at_step', '7', '--out', 'part.safetensors');
    const { stderr } = await done('train', 'text.txt', '--resume', 'part.safetensors', '--no-reproducible');
    expect(stderr).toMatch(/The run so far was reproducible; from step 7 on it runs in the relaxed/);
    const { recipe } = JSON.parse((await done('info', 'part.safetensors', '--json')).stdout) as {
      recipe: object;
    };
    expect(recipe).toMatchObject({
      options: { reproducible: true },
      changes: [{ step: 7, options: { reproducible: false } }],
    });
  });
});

describe('train --recipe', () => {
  test.each(['plain', 'fast'])('with a model file repeats its run: %s', async (name) => {
    await done('train', 'text.txt', '--recipe', `${name}.safetensors`, '--out', 'again.safetensors');
    expect(hash('again.safetensors')).toBe(hash(`${name}.safetensors`));
  });

  test('with the JSON of info --recipe repeats the run, on another number of threads', async () => {
    const { stdout } = await done('info', 'plain.safetensors', '--recipe');
    expect(stdout).not.toContain('text.txt');
    fs.writeFileSync(at('recipe.json'), stdout);
    const more = ['--threads', '2', '--save_every', '3', '--out', 'again.safetensors'];
    await done('train', 'text.txt', '--recipe', 'recipe.json', ...more);
    expect(hash('again.safetensors')).toBe(hash('plain.safetensors'));
  });

  test('info shows the command line that repeats the run', async () => {
    const { stdout } = await done('info', 'plain.safetensors');
    const [, command] = /npx mini-llm (train text\.txt .*)\n/.exec(stdout)!;
    await done(...command!.split(' '), '--out', 'again.safetensors');
    expect(hash('again.safetensors')).toBe(hash('plain.safetensors'));
  });

  test('repeats changes on the way, also after the run had ended', async () => {
    const start = [...TRAIN, '--reproducible', '--max_steps', '10', '--stop_at_step', '4'];
    await done(...start, '--out', 'long.safetensors');
    const resume = ['train', 'text.txt', '--resume', 'long.safetensors'];
    await done(...resume, '--lr', '0.02');
    await done(...resume, '--max_steps', '16', '--patience', '3', '--stop_at_step', '13');
    await done(...resume);
    await done('train', 'text.txt', '--recipe', 'long.safetensors', '--out', 'again.safetensors');
    expect(hash('again.safetensors')).toBe(hash('long.safetensors'));
    const commands = (await done('info', 'long.safetensors')).stdout.match(/npx mini-llm .*/g)!;
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const words = command.replaceAll('model.safetensors', 'typed.safetensors').split(' ').slice(2);
      await done(...words);
    }
    expect(hash('typed.safetensors')).toBe(hash('long.safetensors'));
    const stopped = ['--stop_at_step', '6', '--out', 'stopped.safetensors'];
    await done('train', 'text.txt', '--recipe', 'long.safetensors', ...stopped);
    expect(JSON.parse((await done('info', 'stopped.safetensors', '--json')).stdout)).toMatchObject({
      step: 6,
    });
  });

  test('repeats a run with a vocabulary, Muon, early stopping and gradient accumulation', async () => {
    fs.writeFileSync(at('turn.txt'), english(2600) + 'zq'.repeat(200));
    const flags =
      '--tokenizer bpe --vocab_size 300 --grad_accum 2 --eval_every 5 --patience 2 --max_steps 400 --reproducible';
    await done('train', 'turn.txt', ...TINY_SHAPE, ...flags.split(' '), '--out', 'early.safetensors');
    await done('train', 'turn.txt', '--recipe', 'early.safetensors', '--out', 'again.safetensors');
    expect(hash('again.safetensors')).toBe(hash('early.safetensors'));
  });

  test('repeats the fine-tuning of its base model, and no other', async () => {
    const tune = ['train', 'other.txt', '--init_from', 'plain.safetensors', '--lora_rank', '2'];
    await done(...tune, '--max_steps', '8', '--reproducible', '--out', 'lora.safetensors');
    const again = ['train', 'other.txt', '--recipe', 'lora.safetensors', '--out', 'again.safetensors'];
    await refused(again, /This recipe fine-tunes a model \(SHA-256 .*name it with --init_from/);
    await refused(
      [...again, '--init_from', 'fast.safetensors'],
      /is not the one that this recipe fine-tunes/,
    );
    await done(...again, '--init_from', 'plain.safetensors');
    expect(hash('again.safetensors')).toBe(hash('lora.safetensors'));
    await done('export', 'plain.safetensors', '--weights', 'weights.safetensors');
    await done(...again, '--init_from', 'weights.safetensors');
    expect(hash('again.safetensors')).toBe(hash('lora.safetensors'));
  });

  test('refuses another text, unless --other_text says that it is meant', async () => {
    const other = ['train', 'other.txt', '--recipe', 'plain.safetensors', '--out', 'other.safetensors'];
    await refused(other, /other\.txt is not the text of the recipe .* add --other_text/);
    expect((await done(...other, '--other_text')).stderr).toMatch(/so the result will be another one/);
  });

  test('accepts the text with other line ends, as the recipe’s run read it', async () => {
    fs.writeFileSync(at('windows.txt'), english(3000).replaceAll('\n', '\r\n'));
    await done('train', 'windows.txt', '--recipe', 'plain.safetensors', '--out', 'again.safetensors');
    expect(hash('again.safetensors')).toBe(hash('plain.safetensors'));
  });

  test('flags replace options of the recipe', async () => {
    const flags = ['--max_steps', '3', '--out', 'short.safetensors'];
    await done('train', 'text.txt', '--recipe', 'plain.safetensors', ...flags);
    const info = JSON.parse((await done('info', 'short.safetensors', '--json')).stdout) as object;
    expect(info).toMatchObject({ step: 3, recipe: { options: { max_steps: 3, dropout: 0.1 } } });
  });

  test('says what may keep the result from being the same', async () => {
    const out = ['--max_steps', '2', '--out', 'again.safetensors'];
    const fast = await done('train', 'text.txt', '--recipe', 'fast.safetensors', ...out);
    expect(fast.stderr).toMatch(
      /was not reproducible: it ends at the same bits only on the same kind of processor/,
    );
    const recipe = JSON.parse((await done('info', 'plain.safetensors', '--recipe')).stdout) as object;
    fs.writeFileSync(at('older.json'), JSON.stringify({ ...recipe, version: '0.0.1' }));
    const older = await done('train', 'text.txt', '--recipe', 'older.json', ...out);
    expect(older.stderr).toMatch(/began with mini-llm 0\.0\.1 and this is \d/);
  });

  test.each<[string, string[], RegExp, number?]>([
    ['the old name of presets', ['--recipe', 'quick'], /the preset is --preset quick/],
    ['a text', ['--recipe', 'other.txt'], /other\.txt: It is neither JSON nor a saved model/, 1],
    [
      'a file that is missing',
      ['--recipe', 'none.json'],
      /There is no file none\.json; expected a recipe/,
      1,
    ],
    ['other JSON', ['--recipe', 'list.json'], /list\.json: This is not a recipe of mini-llm: /, 1],
    ['weights alone', ['--recipe', 'bare.safetensors'], /bare\.safetensors holds no recipe/, 1],
    ['--preset too', ['--recipe', 'plain.safetensors', '--preset', 'quick'], /cannot be combined/],
    ['--resume too', ['--recipe', 'plain.safetensors', '--resume', 'fast.safetensors'], /cannot be combined/],
    [
      'a base',
      ['--recipe', 'plain.safetensors', '--init_from', 'fast.safetensors'],
      /begins with a new model/,
    ],
    ['--other_text alone', ['--other_text'], /--other_text is for --recipe/],
    [
      'itself as output',
      ['--recipe', 'plain.safetensors', '--out', 'plain.safetensors'],
      /would replace the recipe/,
    ],
  ])('refuses %s', async (_, flags, sentence, code = 2) => {
    fs.writeFileSync(at('list.json'), '[]');
    if (!fs.existsSync(at('bare.safetensors')))
      await done('export', 'plain.safetensors', '--weights', 'bare.safetensors');
    await refused(['train', 'text.txt', ...flags], sentence, code);
  });
});
