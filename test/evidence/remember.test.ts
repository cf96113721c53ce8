import { describe, expect, it } from 'vitest';
import { remember } from '../../shared/evidence/remember.ts';
import type { CloudReader } from '../../shared/ports/cloud.ts';
import { emptyProject, plainService } from '../builders/ports.ts';

const HERE = { project: 'acme-staging', region: 'us-central1' };
const late = new Error('no time left');

/** A reader whose list of services is answered when the test says so. */
function waiting() {
  const calls: { readonly abort: AbortSignal; readonly answer: (what: 'services' | Error) => void }[] = [];
  const services: CloudReader['services'] = (_, abort) => {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<CloudReader['services']>>>();
    abort.addEventListener('abort', () => reject(abort.reason));
    const answer = (what: 'services' | Error) =>
      what instanceof Error ? reject(what) : resolve([plainService('backend')]);
    calls.push({ abort, answer });
    return promise;
  };
  const cloud = remember({ ...emptyProject, services });
  const asking = () => {
    const control = new AbortController();
    return { control, answer: cloud.services(HERE, control.signal) };
  };
  return { calls, asking };
}

describe('a call that two wait on', () => {
  it('is one, and answers both', async () => {
    const { calls, asking } = waiting();
    const [one, other] = [asking(), asking()];
    calls[0]?.answer('services');
    expect(await one.answer).toBe(await other.answer);
    expect(await asking().answer).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  it.each(['the first', 'the second'] as const)('goes on when the time of %s is up', async (who) => {
    const { calls, asking } = waiting();
    const both = [asking(), asking()];
    const [leaves, stays] = who === 'the first' ? both : both.toReversed();
    leaves?.control.abort(late);
    await expect(leaves?.answer).rejects.toBe(late);
    expect(calls[0]?.abort.aborted).toBe(false);
    calls[0]?.answer('services');
    expect(await stays?.answer).toHaveLength(1);
  });

  it('ends when the last has left, and is asked anew', async () => {
    const { calls, asking } = waiting();
    const both = [asking(), asking()];
    for (const { control } of both) control.abort(late);
    for (const { answer } of both) await expect(answer).rejects.toBe(late);
    expect(calls[0]?.abort.reason).toBe(late);
    const again = asking();
    calls[1]?.answer('services');
    expect(await again.answer).toHaveLength(1);
  });

  it('fails for both, and is not asked again', async () => {
    const { calls, asking } = waiting();
    const both = [asking(), asking()];
    const failure = new Error('no');
    calls[0]?.answer(failure);
    for (const { answer } of [...both, asking()]) await expect(answer).rejects.toBe(failure);
    expect(calls).toHaveLength(1);
  });

  it('is not ended by those who leave after it was answered', async () => {
    const { calls, asking } = waiting();
    const { control, answer } = asking();
    calls[0]?.answer('services');
    await answer;
    control.abort(late);
    expect(await asking().answer).toHaveLength(1);
    expect([calls.length, calls[0]?.abort.aborted]).toEqual([1, false]);
  });

  it('is not begun by one whose time is up already', async () => {
    const services = () => Promise.reject(new Error('asked'));
    const cloud = remember({ ...emptyProject, services });
    await expect(cloud.services(HERE, AbortSignal.abort(late))).rejects.toBe(late);
  });
});
