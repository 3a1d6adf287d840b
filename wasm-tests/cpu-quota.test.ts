// The processors that the system lets the program use: quotas of containers.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defaults } from '../web/engine/options.ts';
import { chooseVariant } from '../web/engine/variants.ts';
import { cpuQuota } from '../web/engine/cpu-quota.ts';
import { processors } from '../web/engine/node.ts';
import { scratch } from './helpers/cli.ts';

const folder = scratch();
let made = 0;

/** A root folder with these files in it. */
function root(files: Record<string, string>): string {
  const at = path.join(folder, String(made++));
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(at, file)), { recursive: true });
    fs.writeFileSync(path.join(at, file), `${text}\n`);
  }
  return at;
}

const V2 = '30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate';
const V1 = [
  '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
].join('\n');
const v2 = (group: string, files: Record<string, string>, mount = V2) =>
  cpuQuota(root({ 'proc/self/cgroup': `0::${group}`, 'proc/self/mountinfo': mount, ...files }));
const v1 = (group: string, files: Record<string, string>, mount = V1) =>
  cpuQuota(
    root({
      'proc/self/cgroup': `5:memory:/elsewhere\n3:cpu,cpuacct:${group}\n0::/`,
      'proc/self/mountinfo': mount,
      ...files,
    }),
  );

describe('the quota of a cgroup, version 2', () => {
  test('of one and a half processors', () => {
    expect(v2('/', { 'sys/fs/cgroup/cpu.max': '150000 100000' })).toBe(1.5);
  });

  test('none', () => {
    expect(v2('/', { 'sys/fs/cgroup/cpu.max': 'max 100000' })).toBe(Infinity);
    expect(v2('/', {})).toBe(Infinity);
  });

  test('of nested cgroups: the smallest counts', () => {
    const place = 'sys/fs/cgroup/user.slice/job.scope';
    const files = {
      [`${place}/cpu.max`]: '400000 100000',
      'sys/fs/cgroup/user.slice/cpu.max': '300000 100000',
    };
    expect(v2('/user.slice/job.scope', files)).toBe(3);
    expect(v2('/user.slice/job.scope', { ...files, [`${place}/cpu.max`]: '50000 100000' })).toBe(0.5);
  });

  test('of a container, which sees its own cgroup at the top', () => {
    const mount = V2.replace(' / /sys', ' /docker/abc /sys');
    expect(v2('/docker/abc', { 'sys/fs/cgroup/cpu.max': '200000 100000' }, mount)).toBe(2);
    expect(v2('/docker/abc/inner', { 'sys/fs/cgroup/inner/cpu.max': '100000 100000' }, mount)).toBe(1);
    expect(v2('/../other', { 'sys/fs/cgroup/cpu.max': '200000 100000' })).toBe(2);
  });
});

describe('the quota of a cgroup, version 1', () => {
  const files = (place: string, quota: string) => ({
    [`sys/fs/cgroup/cpu,cpuacct${place}/cpu.cfs_quota_us`]: quota,
    [`sys/fs/cgroup/cpu,cpuacct${place}/cpu.cfs_period_us`]: '100000',
  });

  test('of two processors, of a group in it, and none', () => {
    expect(v1('/', files('', '200000'))).toBe(2);
    expect(v1('/a/b', { ...files('', '-1'), ...files('/a', '250000'), ...files('/a/b', '-1') })).toBe(2.5);
    expect(v1('/', files('', '-1'))).toBe(Infinity);
  });

  test('of a container', () => {
    const mount = V1.replace('0:29 / /sys', '0:29 /docker/abc /sys');
    expect(v1('/docker/abc', files('', '200000'), mount)).toBe(2);
  });
});

test('a system without cgroups has no quota', () => {
  expect(cpuQuota(root({ nothing: '' }))).toBe(Infinity);
});

describe('the number of threads', () => {
  const all = os.availableParallelism();
  const everything = { relaxed: true, threads: true, wide: false };
  const choose = (threads: number, quota: number) =>
    chooseVariant({ ...defaults(), threads }, processors(quota), everything);

  test('without limits is that of the processors', () => {
    expect(processors(Infinity)).toEqual({ cores: all });
  });

  test('fits the quota, and a sentence says so', () => {
    expect(processors(0.5)).toEqual({
      cores: 1,
      limit: `A quota (cgroup) allows the time of 0.5 of ${all} processors.`,
    });
    expect(choose(0, 0.5).threads).toBe(1);
    expect(choose(0, 0.5).why).toMatch(/^A quota \(cgroup\) allows the time of 0\.5 of \d+ processors?\. /);
  });

  test('may exceed the quota if requested, with a note on the cost', () => {
    const choice = choose(4, 0.5);
    expect(choice.threads).toBe(4);
    expect(choice.notes).toEqual([
      expect.stringMatching(/^A quota \(cgroup\) allows .* With threads 4 they wait for each other/),
    ]);
  });
});
