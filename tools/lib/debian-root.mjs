// The private toolchain: a Debian 13 system in a folder of the cache, which holds an Emscripten that is new
// enough where the machine's own is not. One toolchain compiles everything, natively and for WebAssembly.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { canInstall, install } from './apt.mjs';
import { attempt, run, which } from './exec.mjs';
import { locked } from './lock.mjs';
import { cacheFolder } from './paths.mjs';
import { Failure, say, step } from './report.mjs';

const SUITE = 'trixie';
const PACKAGES = [
  'emscripten',
  'libxtensor-dev',
  'nlohmann-json3-dev',
  'cmake',
  'ninja-build',
  'node-typescript',
  'g++',
  'libgtest-dev',
  'libbenchmark-dev',
  'clang-format',
];

/** The keys that Debian's packages are signed with; Ubuntu has them only when asked. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const NAME = 'debian13';
export const debianRoot = join(cacheFolder, NAME);

/** What the root must hold; written into it as its very last file, so that a root without it is no root. */
export const debianRootRecipe = `${SUITE} ${PACKAGES.join(',')}\n`;
const stamp = join(debianRoot, '.mini-llm-toolchain');

export function debianRootIsReady() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === debianRootRecipe;
}

/** Why a root cannot be made or entered here, as part of a sentence; null if it can. */
export async function whyNoDebianRoot() {
  if (!canInstall()) return 'this is not Debian or Ubuntu with you as root';
  if (!(await attempt(...inCage('true', []))).ok)
    return 'this container may not mount (it lacks CAP_SYS_ADMIN)';
  return null;
}

export async function makeDebianRoot() {
  if (debianRootIsReady()) return;
  mkdirSync(cacheFolder, { recursive: true });
  await locked(debianRoot, async () => {
    if (debianRootIsReady()) return;
    await removeRoots();
    needSpace();
    await step(`Making a private Debian 13 toolchain in ${debianRoot} (2.7 GB, a minute or two)`, bootstrap);
  });
}

async function bootstrap() {
  if (!which('mmdebstrap') || !existsSync(KEYRING)) await install(['mmdebstrap', 'debian-archive-keyring']);
  const partial = join(cacheFolder, `${NAME}.partial`);
  await caged('mmdebstrap', [
    '--mode=root',
    '--variant=apt',
    '--aptopt=Acquire::Retries "5"',
    // Thousands of files need not reach the disk one by one: an unfinished root is thrown away.
    '--dpkgopt=force-unsafe-io',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    `--include=${PACKAGES.join(',')}`,
    SUITE,
    partial,
  ]);
  writeFileSync(join(partial, '.mini-llm-toolchain'), debianRootRecipe);
  renameSync(partial, debianRoot);
}

/** An unfinished root, or one made from another recipe. */
async function removeRoots() {
  for (const name of readdirSync(cacheFolder)) {
    if (name !== NAME && name !== `${NAME}.partial`) continue;
    say(`Removing the outdated or unfinished toolchain ${join(cacheFolder, name)}.`);
    await caged('rm', ['-rf', '--one-file-system', join(cacheFolder, name)]);
  }
}

function needSpace() {
  const { bavail, bsize } = statfsSync(cacheFolder);
  const free = (bavail * bsize) / 1e9;
  if (free < 4) {
    throw new Failure(
      `The private toolchain needs 4 GB in ${cacheFolder}, where ${free.toFixed(1)} GB are free; ` +
        'make room, or set MINI_LLM_CACHE to a folder elsewhere.',
    );
  }
}

// Commands run in a mount namespace, which ends with them and the mounts with it, and in a process namespace
// whose processes are all killed when this one dies, however it dies: nothing goes on working behind our back.
const CAGE = [
  'setpriv',
  ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
];

const inCage = (command, args) => [CAGE[0], [...CAGE[1], command, ...args]];
const caged = (command, args) => run(...inCage(command, args), { quiet: true });

// Runs "$@" in the root, with the checkout at the same path as outside so that paths mean the same.
const ENTER = `
set -e
root=$1 checkout=$2 folder=$3; shift 3
mkdir -p "$root$checkout"
mount --bind "$checkout" "$root$checkout"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" /usr/bin/env -C "$folder" "$@"
`;

/** The command line that runs a command inside the root, in `folder` of the checkout. */
export function insideDebianRoot(checkout, folder, command, args) {
  const environment = ['-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8'];
  return inCage('sh', ['-c', ENTER, 'sh', debianRoot, checkout, folder, ...environment, command, ...args]);
}
