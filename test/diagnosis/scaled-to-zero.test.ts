import { describe, expect, it } from 'vitest';
import { change, concludes } from '../builders/deploys.ts';
import { at, failed, observed, service, unavailable } from '../builders/evidence.ts';

const zero = service('backend', { instancesByHand: 0 });
const refused = {
  failed: [
    failed('backend', 90, { reachedContainer: false }),
    failed('backend', 7),
    failed('auth', 5, { reachedContainer: false }),
  ],
};

describe('scaled-to-zero', () => {
  it('sees a service that is set to no instances, how many it turned away, and who did it', () => {
    const by = change({ fields: ['scaling'], by: undefined });
    const found = concludes('scaled-to-zero', [zero], refused, {
      changes: observed({
        from: at(-900),
        changes: [change({ thing: 'secret' }), change({ name: 'auth' }), by],
        truncated: false,
      }),
    });
    expect(found).toMatchObject([
      {
        claim: 'backend is set by hand to 0 instances: 90 requests reached no container.',
        confidence: 'certain',
        services: ['backend'],
        evidence: [{}, { text: 'The platform: UpdateService on backend (scaling) at 2026-11-23 02:54:40 UTC.' }],
      },
    ]);
  });

  it('is less sure where nobody was turned away, and as sure where that cannot be seen', () => {
    expect(concludes('scaled-to-zero', [zero])).toMatchObject([{ confidence: 'likely', expects: [{ seen: 'no' }] }]);
    expect(concludes('scaled-to-zero', [zero], {}, { logs: unavailable('denied') })).toMatchObject([
      {
        claim: 'backend is set by hand to 0 instances: no request reaches a container.',
        confidence: 'certain',
        expects: [{ seen: 'unknown' }],
      },
    ]);
  });

  it.each([
    ['scales by itself', undefined, 'backend: Cloud Run scales it by itself'],
    ['has one instance', 1, 'backend: it is set to 1 instances'],
  ])('is silent at a service that %s', (_, instancesByHand, reason) => {
    expect(concludes('scaled-to-zero', [service('backend', { instancesByHand })], refused)).toEqual([
      { kind: 'ruled-out', reason },
    ]);
  });

  it('is silent where nothing is watched', () => {
    expect(concludes('scaled-to-zero', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
