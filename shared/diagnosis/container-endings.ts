import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { counted } from './counted.ts';

/** What the platform logs of a container that ended by its own doing. A bare kill may be Cloud Run's, of one whose startup probe failed. */
export const CONTAINER_ENDED: readonly LogSignature[] = [
  'container-exited',
  'container-crashed',
  'signal-uncaught',
  'memory-limit-exceeded',
];

/** How containers that had been ready ended, or what was in them: the way of which there is most. */
export interface Endings {
  readonly how: 'exited' | 'by-signal' | 'killed' | 'by-liveness-probe' | 'worker-timed-out';
  readonly count: number;
}

/**
 * One end may leave several lines: what the platform says of the container and what the kernel says of its process, a shutdown by the liveness probe
 * and the exit that follows it. The largest count is taken, never their sum. What ended beside a failed startup probe had never been ready, and no
 * liveness probe looks before. A kill beside a line about memory is memory's.
 */
export function endingsOf(lines: readonly SignatureCount[]): Endings {
  const system = (...wanted: readonly LogSignature[]): number => sumOf(lines, 'system', wanted);
  const notReady = system('startup-probe-failed');
  const ways: readonly Endings[] = [
    { how: 'by-signal', count: Math.max(system('container-crashed'), system('signal-uncaught')) - notReady },
    { how: 'exited', count: system('container-exited') - notReady },
    { how: 'killed', count: system('container-killed') - system('memory-limit-exceeded') - notReady },
    { how: 'by-liveness-probe', count: system('liveness-probe-failed') },
    { how: 'worker-timed-out', count: sumOf(lines, 'application', ['worker-timed-out']) },
  ];
  return ways.reduce((most, one) => (one.count > most.count ? one : most));
}

/** Whether what ended did so for not answering: it hung, and somebody else ended it. */
export const isHang = ({ how }: Endings): boolean => how === 'by-liveness-probe' || how === 'worker-timed-out';

const NOUNS = {
  exited: ['exit', ''],
  'by-signal': ['end', ' by a fatal signal'],
  killed: ['kill', ' from outside'],
  'by-liveness-probe': ['shutdown', ' by their liveness probe'],
  'worker-timed-out': ['worker timeout', ''],
} as const satisfies Record<Endings['how'], readonly [string, string]>;

/** `9 exits`, `87 ends by a fatal signal`, `at least 43 shutdowns by their liveness probe`. */
export function endingsInWords({ how, count }: Endings, logs: Pick<LogsObservation, 'truncated'>): string {
  const [noun, by] = NOUNS[how];
  return `${counted({ count, noun, from: how === 'worker-timed-out' ? 'application' : 'system' }, logs)}${by}`;
}

const sumOf = (
  lines: readonly SignatureCount[],
  wantedLog: SignatureCount['log'],
  wanted: readonly LogSignature[],
): number =>
  lines
    .filter(({ signature, log }) => log === wantedLog && wanted.includes(signature))
    .reduce((sum, { count }) => sum + count, 0);
