import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const KIB_PER_MIB = 1024;

/** What a process holds in memory now (resident set size), in MiB; undefined when it is gone. */
export function residentMib(pid: number | undefined): number | undefined {
  return kibToMib(statusKib(pid, 'VmRSS') ?? psKib(pid));
}

/** The most that it ever held, in MiB; undefined where the system does not say (anything but Linux). */
export function residentPeakMib(pid: number | undefined): number | undefined {
  return kibToMib(statusKib(pid, 'VmHWM'));
}

const kibToMib = (kib: number | undefined): number | undefined =>
  kib === undefined ? undefined : Math.round(kib / KIB_PER_MIB);

/** Source: proc_pid_status(5), fields in kB. */
function statusKib(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'));
  return found === null ? undefined : Number(found[1]);
}

function psKib(pid: number | undefined): number | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number.parseInt(stdout ?? '', 10) || undefined;
}
