import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { counted } from './counted.ts';

/** Containers that did not come up or did not stay up, by what the platform logged of them. */
export interface FailedStarts {
  readonly seenAs: 'start' | 'exit';
  readonly count: number;
}

/**
 * One failed start may leave two lines of the platform, that its probe failed and that its container exited: the larger count of the two is
 * taken, never their sum. A container that exits without a failed probe may have run before, so it is not called a start.
 * The requests that waited for it are counted with the requests.
 */
export function failedStarts(lines: readonly SignatureCount[]): FailedStarts {
  const starts = sumOf(lines, 'startup-probe-failed');
  const exits = Math.max(...EXITS.map((signature) => sumOf(lines, signature)));
  return starts >= exits ? { seenAs: 'start', count: starts } : { seenAs: 'exit', count: exits };
}

/** A crash by signal leaves a line of the container and a line of what ran in it. */
const EXITS = ['container-exited', 'container-crashed', 'signal-uncaught'] as const;

/** `37 starts failed`, `214 containers exited`. */
export function startsInWords({ seenAs, count }: FailedStarts, logs: LogsObservation): string {
  const [noun, verb] = seenAs === 'start' ? ['start', 'failed'] : ['container', 'exited'];
  return `${counted({ count, noun, from: 'system' }, logs)} ${verb}`;
}

const sumOf = (lines: readonly SignatureCount[], wanted: SignatureCount['signature']): number =>
  lines
    .filter(({ signature, log }) => signature === wanted && log === 'system')
    .reduce((sum, { count }) => sum + count, 0);
