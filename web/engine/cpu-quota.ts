// The processor time that this process may use, if cgroups limit it (Linux, in Node).

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The number of processors whose time cgroups allow; Infinity without a limit. `root` is for tests. */
export function cpuQuota(root = '/'): number {
  const quotas = mounts(root).flatMap(({ folder, version }) =>
    withParents(folder.place, folder.top).map((place) => QUOTAS[version](path.join(root, place))),
  );
  return Math.min(Infinity, ...quotas);
}

type Version = 1 | 2;

/** The quota of one cgroup: "max 100000", or "150000 100000" for one and a half processors. */
const QUOTAS: Readonly<Record<Version, (folder: string) => number>> = {
  1: (folder) => share(numberIn(folder, 'cpu.cfs_quota_us'), numberIn(folder, 'cpu.cfs_period_us')),
  2: (folder) => {
    const [quota, period] = read(path.join(folder, 'cpu.max')).split(/\s+/).map(Number);
    return share(quota, period);
  },
};

function share(quota = NaN, period = NaN): number {
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

function numberIn(folder: string, file: string): number {
  return Number(read(path.join(folder, file)) || NaN);
}

interface Mount {
  version: Version;
  folder: { place: string; top: string };
}

/** The cgroups of this process that can limit processor time: version 1's cpu controller, and version 2. */
function mounts(root: string): Mount[] {
  const groups = read(path.join(root, 'proc/self/cgroup'))
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ controllers: match[1]!.split(','), group: match[2]! }] : []));
  return read(path.join(root, 'proc/self/mountinfo'))
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , mounted = '/', top = '/'] = before.split(' ');
      const [type, , options = ''] = after.split(' ');
      const version = versionOf(type, options);
      const group = groups.find(({ controllers }) =>
        version === 1 ? controllers.includes('cpu') : controllers[0] === '',
      )?.group;
      return version === undefined || group === undefined
        ? []
        : [{ version, folder: { top, place: path.join(top, below(group, mounted)) } }];
    });
}

function versionOf(type = '', options = ''): Version | undefined {
  if (type === 'cgroup2') return 2;
  return type === 'cgroup' && options.split(',').includes('cpu') ? 1 : undefined;
}

/** A cgroup's path relative to the mounted one; a container often sees only that one. */
function below(group: string, mounted: string): string {
  const relative = path.relative(mounted, group);
  return relative.startsWith('..') ? '' : relative;
}

/** A folder and its parents up to `top`: all of their limits apply. */
function withParents(place: string, top: string): string[] {
  return place === top || !place.startsWith(top)
    ? [place]
    : [place, ...withParents(path.dirname(place), top)];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
