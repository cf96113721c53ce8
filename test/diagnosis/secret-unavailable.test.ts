import { describe, expect, it } from 'vitest';
import type { SecretState } from '../../shared/evidence/secret-states.ts';
import {
  change,
  concludes,
  deployed,
  kinds,
  NEWEST,
  notReady,
  releaseOf,
  setting,
  withContainer,
} from '../builders/deploys.ts';
import { failed, line, observed } from '../builders/evidence.ts';

const NAME = 'projects/acme-staging/secrets/db/versions/3';
const uses = withContainer({ secrets: [{ secret: 'db', version: '3', as: 'DB_PASSWORD', through: 'environment' }] });
const state = (is: SecretState['state']): SecretState => ({ name: NAME, state: is, detail: undefined });
const of = { revision: NEWEST };
const aborted = (count: number) => ({
  failed: [failed('backend', 30, { ...of, status: 500, reachedContainer: false })],
  signatures: [line('backend', 'secret-unavailable', count, of)],
});

describe('secret-unavailable', () => {
  it.each(['disabled', 'destroyed', 'missing'] as const)(
    'sees starts that are given up for a secret that is %s',
    (is) => {
      expect(concludes('secret-unavailable', [deployed(uses, { secrets: [state(is)] })], aborted(1))).toMatchObject([
        {
          claim: `No new instance of backend-00003 starts: secret db:3 is ${is}, and 1 starts were given up.`,
          confidence: 'certain',
          harm: 'now',
        },
      ]);
    },
  );

  it('looms while what runs keeps running', () => {
    expect(concludes('secret-unavailable', [deployed(uses, { secrets: [state('disabled')] })])).toMatchObject([
      {
        claim: 'backend-00003 of backend still runs, and its next instance will not start: secret db:3 is disabled.',
        harm: 'soon',
      },
    ]);
  });

  it.each(['enabled', 'unknown'] as const)('goes by the platform’s own line where the secret is %s', (is) => {
    const found = concludes('secret-unavailable', [deployed(uses, { secrets: [state(is)] })], aborted(4));
    expect(found).toMatchObject([
      { claim: expect.stringContaining('a secret that it refers to cannot be had'), expects: [{ seen: 'unknown' }] },
    ]);
  });

  it.each([
    ['by its reason', { reason: 'SECRETS_ACCESS_CHECK_FAILED' }],
    [
      'by its words',
      { message: 'spec...secret_key_ref.name: Permission denied on secret: projects/1/secrets/db/versions/3' },
    ],
  ])('sees a deploy that failed for a secret, %s', (_, ready) => {
    expect(concludes('secret-unavailable', [notReady(ready)])).toMatchObject([
      { claim: expect.stringContaining('a secret that it refers to cannot be had'), harm: 'soon' },
    ]);
    expect(concludes('secret-unavailable', [notReady(ready, { secrets: [state('missing')] }, uses)])).toMatchObject([
      { claim: 'backend-00003 of backend cannot start: secret db:3 is missing.' },
    ]);
  });

  it('says so though nothing is known of the audit log or of the release', () => {
    const found = concludes('secret-unavailable', [deployed(uses, { secrets: [state('disabled')] })], aborted(2));
    expect(found).toMatchObject([
      { evidence: [{}, { text: 'backend-00003 was deployed at 2026-11-23 02:55:00 UTC.' }] },
    ]);
    const nameless = notReady({ reason: 'SECRETS_ACCESS_CHECK_FAILED' });
    expect(concludes('secret-unavailable', [nameless])).toMatchObject([
      { evidence: [{ text: 'Its secrets could not be read.' }, {}] },
    ]);
  });

  it('says who changed the secret, and what the deploy changed', () => {
    const disabled = change({
      thing: 'secret',
      method: 'DisableSecretVersion',
      resource: 'projects/7/secrets/db/versions/3',
      name: '3',
      fields: [],
    });
    const release = releaseOf(setting('secret', 'db:2', 'db:3', 'DB_PASSWORD'));
    const found = concludes(
      'secret-unavailable',
      [deployed(uses, { secrets: [state('disabled')], release })],
      aborted(4),
      {
        changes: observed({
          from: disabled.at,
          changes: [change(), { ...disabled, outcome: 'refused' }, disabled],
          truncated: false,
        }),
      },
    );
    expect(found).toMatchObject([
      {
        evidence: [
          { text: '4 times: "sample of secret-unavailable"' },
          { text: 'ann@acme.example: DisableSecretVersion on 3 at 2026-11-23 02:54:40 UTC.' },
          {
            text: 'backend-00003 was deployed at 2026-11-23 02:55:00 UTC by ben@acme.example. It changed secret DB_PASSWORD: db:2 -> db:3.',
          },
        ],
      },
    ]);
  });

  it.each([
    ['none is referred to', [], 'backend: it refers to no secret, and no start was given up for one'],
    ['all may be used', [state('enabled')], 'backend: no start was given up for a secret; 1 of 1 were seen enabled'],
    [
      'they may not be looked at',
      [state('unknown')],
      'backend: no start was given up for a secret; 0 of 1 were seen enabled',
    ],
  ])('is silent where %s', (_, secrets, reason) => {
    expect(concludes('secret-unavailable', [deployed(uses, { secrets })])).toEqual([{ kind: 'ruled-out', reason }]);
  });

  it('is silent at a deploy that failed for another reason, and where nothing is watched', () => {
    expect(kinds(concludes('secret-unavailable', [notReady({ reason: 'CONTAINER_MISSING', message: 'no' })]))).toEqual([
      'ruled-out',
    ]);
    expect(kinds(concludes('secret-unavailable', [notReady({})]))).toEqual(['ruled-out']);
    expect(concludes('secret-unavailable', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
