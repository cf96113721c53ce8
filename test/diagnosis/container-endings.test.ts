import { describe, expect, it } from 'vitest';
import { endingsInWords, endingsOf } from '../../shared/diagnosis/container-endings.ts';
import type { SignatureCount } from '../../shared/evidence/logs.ts';
import { line, logs } from '../builders/evidence.ts';

type Counts = Readonly<Partial<Record<SignatureCount['signature'], number>>>;
const linesOf = (counts: Counts) =>
  (Object.entries(counts) as [SignatureCount['signature'], number][]).map(([signature, count]) =>
    line('backend', signature, count),
  );
const said = (counts: Counts, truncated = logs().truncated) =>
  endingsInWords(endingsOf(linesOf(counts)), { truncated });

describe('how containers ended', () => {
  it.each<[string, Counts, string]>([
    ['by themselves', { 'container-exited': 9 }, '9 exits'],
    [
      'by a signal, which leaves two lines',
      { 'container-crashed': 8, 'signal-uncaught': 9 },
      '9 ends by a fatal signal',
    ],
    ['by a signal that only the container tells of', { 'container-crashed': 1 }, '1 end by a fatal signal'],
    [
      'by a signal rather than an exit of as many',
      { 'container-exited': 4, 'signal-uncaught': 4 },
      '4 ends by a fatal signal',
    ],
    ['killed', { 'container-killed': 5 }, '5 kills from outside'],
    [
      'killed, some of them for their memory',
      { 'container-killed': 5, 'memory-limit-exceeded': 3 },
      '2 kills from outside',
    ],
    [
      'by their probe, and an exit after each',
      { 'liveness-probe-failed': 6, 'container-exited': 5 },
      '6 shutdowns by their liveness probe',
    ],
    ['in their workers', { 'worker-timed-out': 30 }, '30 worker timeouts'],
    ['before they were ready', { 'container-exited': 7, 'startup-probe-failed': 5 }, '2 exits'],
    [
      'before they were ready, by a signal',
      { 'container-crashed': 7, 'startup-probe-failed': 5 },
      '2 ends by a fatal signal',
    ],
    ['before they were ready, killed', { 'container-killed': 7, 'startup-probe-failed': 5 }, '2 kills from outside'],
    [
      'by a probe that does not look before they are ready',
      { 'liveness-probe-failed': 6, 'startup-probe-failed': 5 },
      '6 shutdowns by their liveness probe',
    ],
    ['as Cloud Run asked them to', { 'container-stopped': 40 }, '0 ends by a fatal signal'],
  ])('%s', (_, counts, words) => expect(said(counts)).toBe(words));

  it('says where there was more of the log that it counts in', () => {
    const truncated = { requests: false, system: true, application: false };
    expect(said({ 'container-exited': 9 }, truncated)).toBe('at least 9 exits');
    expect(said({ 'worker-timed-out': 9 }, truncated)).toBe('9 worker timeouts');
  });

  it('counts what the platform says, not what an application repeats', () => {
    expect(endingsOf([line('backend', 'container-exited', 9, { log: 'application' })]).count).toBe(0);
  });
});
