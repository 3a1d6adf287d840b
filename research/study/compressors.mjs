// What general-purpose compressors make of the last tenth of a text: the size of the whole minus the size of the first nine
// tenths. They keep adapting within the last tenth.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTemporaryFolder } from '../lib/temporary-folder.mjs';

/** `programs`: the names that the program has on different systems; `args` compress the file "text" to `archive`. */
export const COMPRESSORS = {
  xz: { title: 'xz -9e', programs: ['xz'], args: ['-9e', '--keep', 'text'], archive: 'text.xz' },
  ppmd: {
    title: 'PPMd order 8',
    programs: ['7z', '7zz', '7za'],
    args: ['a', '-m0=PPMd:o=8:mem=256m', 'text.7z', 'text'],
    archive: 'text.7z',
  },
  zpaq: {
    title: 'zpaq -m5',
    programs: ['zpaq'],
    args: ['add', 'text.zpaq', 'text', '-m5'],
    archive: 'text.zpaq',
  },
};

function compressedSize(program, { args, archive }, text) {
  return inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'text'), text);
    execFileSync(program, args, { cwd: folder, stdio: 'ignore' });
    return statSync(join(folder, archive)).size;
  });
}

function isInstalled(program) {
  try {
    execFileSync(program, ['--help'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return error.code !== 'ENOENT'; // zpaq's help ends with an error
  }
}

/** The name of the installed program; throws a sentence if there is none. */
export function installed({ title, programs }) {
  const program = programs.find(isInstalled);
  if (!program) throw new Error(`${title} is left out, because ${programs.join(' or ')} is not installed.`);
  return program;
}

/** Bits per byte of the last tenth of the text. */
export async function compressedBits(program, compressor, { file }) {
  const text = readFileSync(file);
  const held = Math.floor(text.length * 0.1);
  const whole = await compressedSize(program, compressor, text);
  const before = await compressedSize(program, compressor, text.subarray(0, text.length - held));
  return (8 * (whole - before)) / held;
}
