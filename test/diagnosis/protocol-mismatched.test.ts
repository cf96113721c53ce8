import { describe, expect, it } from 'vitest';
import { FAILURES_MIN } from '../../shared/diagnosis/revisions.ts';
import { concludes, deployed, kinds, NEWEST, releaseOf, setting, withContainer } from '../builders/deploys.ts';
import { failed, line, template } from '../builders/evidence.ts';

const of = { revision: NEWEST };
const unread = (count: number, status = 502) => ({
  failed: [failed('backend', count, { ...of, status })],
  signatures: [line('backend', 'response-malformed', count, of)],
});
const h2c = withContainer({ protocol: 'h2c' });
const switched = deployed(h2c, { release: releaseOf(setting('protocol', 'http1', 'h2c')) });

describe('protocol-mismatched', () => {
  it.each([
    [FAILURES_MIN, 'cause'],
    [FAILURES_MIN - 1, 'ruled-out'],
  ])('judges %i answers that could not be read', (count, kind) => {
    expect(kinds(concludes('protocol-mismatched', [switched], unread(count)))).toEqual([kind]);
  });

  it('is certain where the release changed the protocol, and less so where it did not', () => {
    expect(concludes('protocol-mismatched', [switched], unread(40))).toMatchObject([
      {
        claim:
          'Cloud Run speaks HTTP/2 in clear (h2c) to backend-00003, and cannot read its answers: 40 of 40 errors were malformed responses.',
        confidence: 'certain',
      },
    ]);
    expect(concludes('protocol-mismatched', [deployed(h2c)], unread(40))).toMatchObject([{ confidence: 'likely' }]);
  });

  it('sees a container that would be spoken to in HTTP/2 and is not any more', () => {
    const back = deployed({}, { release: releaseOf(setting('protocol', 'h2c', 'http1')) });
    expect(concludes('protocol-mismatched', [back], unread(40, 503))).toMatchObject([
      { claim: expect.stringContaining('speaks HTTP/1 to') },
    ]);
  });

  it.each([
    ['nothing but HTTP/1 was ever spoken', deployed(), unread(40)],
    ['there is no container', deployed({ template: { ...template, containers: [] } }), unread(40)],
    [
      'no more than half of the errors are 502',
      deployed(h2c),
      { ...unread(40), failed: [failed('backend', 40, { ...of, status: 502 }), failed('backend', 40, of)] },
    ],
    [
      'containers exit',
      switched,
      { ...unread(40), signatures: [...unread(40).signatures, line('backend', 'container-exited', 1, of)] },
    ],
  ])('is silent where %s', (_, service, seen) => {
    expect(kinds(concludes('protocol-mismatched', [service], seen))).toEqual(['ruled-out']);
  });

  it('is silent where nothing is watched', () => {
    expect(concludes('protocol-mismatched', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
