import { describe, expect, it } from 'vitest';
import { FAILURES_MIN } from '../../shared/diagnosis/revisions.ts';
import type { Listening } from '../../shared/evidence/instance-starts.ts';
import {
  concludes,
  deployed,
  kinds,
  NEWEST,
  notReady,
  releaseOf,
  setting,
  starts,
  withContainer,
} from '../builders/deploys.ts';
import { failed, line } from '../builders/evidence.ts';

const DEAF = { reason: 'HEALTH_CHECK_CONTAINER_ERROR', message: 'failed to start and listen on the port' };
const heard = (listeningOn: Listening | undefined) => [starts({ listeningOn })];
const of = { revision: NEWEST };
const met = (count: number) => ({
  failed: [failed('backend', count, of)],
  signatures: [line('backend', 'response-malformed', count, of)],
});

describe('container-port-wrong', () => {
  it.each([
    ['listens elsewhere', { port: 3000, address: 'any' }, 'cause'],
    ['listens on its loopback address', { port: 8080, address: 'loopback' }, 'cause'],
    ['listens where it should', { port: 8080, address: 'any' }, 'ruled-out'],
    ['says nothing', undefined, 'ruled-out'],
  ] as const)('judges a deploy that failed whose container %s', (_, listening, kind) => {
    expect(kinds(concludes('container-port-wrong', [notReady(DEAF)], { starts: heard(listening) }))).toEqual([kind]);
  });

  it('harms nobody while the revision before serves, and everybody where none does', () => {
    const seen = { starts: heard({ port: 3000, address: 'any' }) };
    expect(concludes('container-port-wrong', [notReady(DEAF)], seen)).toMatchObject([
      {
        claim:
          'Cloud Run looks for backend on port 8080, but the container says that it listens on port 3000: backend-00003 never became ready.',
        confidence: 'certain',
        expects: [{ seen: 'yes' }, { seen: 'yes' }],
        harm: 'soon',
      },
    ]);
    for (const serving of [[], [{ revision: 'backend-00002', percent: 0 }]])
      expect(concludes('container-port-wrong', [notReady(DEAF, { serving })], seen)).toMatchObject([{ harm: 'now' }]);
  });

  it('knows it by its message too, and where no port is stated it is 8080', () => {
    const told = { reason: undefined, message: 'The user-provided container failed to start and listen on the port' };
    const seen = { starts: heard({ port: 3000, address: 'any' }) };
    const service = notReady(told, {}, withContainer({ port: undefined }));
    expect(concludes('container-port-wrong', [service], seen)).toMatchObject([
      { claim: expect.stringContaining('port 8080') },
    ]);
    const silent = notReady({ reason: 'HEALTH_CHECK_CONTAINER_ERROR' });
    expect(concludes('container-port-wrong', [silent], seen)).toMatchObject([
      { evidence: [{ text: 'Its container did not start.' }, {}] },
    ]);
  });

  it.each([
    ['the same image on another port', [setting('port', '8080', '3000')], 'cause'],
    ['another image on another port', [setting('port', '8080', '3000'), setting('image')], 'ruled-out'],
    ['the same port', [setting('memory')], 'ruled-out'],
  ])('goes by what the release changed where the container is silent: %s', (_, changes, kind) => {
    const found = concludes('container-port-wrong', [notReady(DEAF, { release: releaseOf(...changes) })]);
    expect(kinds(found)).toEqual([kind]);
    if (kind === 'cause') expect(found).toMatchObject([{ confidence: 'likely', expects: [{ seen: 'unknown' }, {}] }]);
  });

  it.each([
    ['a deploy that failed for another reason', notReady({ reason: 'CONTAINER_MISSING' })],
    ['no deploy that failed', deployed()],
  ])('is silent at %s', (_, service) => {
    expect(
      kinds(concludes('container-port-wrong', [service], { starts: heard({ port: 3000, address: 'any' }) })),
    ).toEqual(['ruled-out']);
  });

  it('is silent where the container exits', () => {
    const seen = {
      starts: heard({ port: 3000, address: 'any' }),
      signatures: [line('backend', 'container-exited', 1, of)],
    };
    expect(kinds(concludes('container-port-wrong', [notReady(DEAF)], seen))).toEqual(['ruled-out']);
  });

  it.each([
    [FAILURES_MIN, 'cause'],
    [FAILURES_MIN - 1, 'ruled-out'],
  ])('judges %i requests that met nobody at a revision that takes traffic', (count, kind) => {
    const seen = { ...met(count), starts: heard({ port: 3000, address: 'any' }) };
    expect(kinds(concludes('container-port-wrong', [deployed()], seen))).toEqual([kind]);
  });

  it('harms now where traffic meets nobody', () => {
    const seen = { ...met(40), starts: heard({ port: 3000, address: 'any' }) };
    expect(concludes('container-port-wrong', [deployed()], seen)).toMatchObject([
      { services: ['backend'], harm: 'now' },
    ]);
  });

  it('rules itself out where nothing is watched', () => {
    expect(concludes('container-port-wrong', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
