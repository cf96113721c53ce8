import { describe, expect, it } from 'vitest';
import { shiftTraffic } from '../../shared/remedy/shift-traffic.ts';
import { at, environment, logs, revision, service, serviceName } from '../builders/evidence.ts';
import { plainService, reading, recording, unhurried } from '../builders/ports.ts';
import { causeOf } from '../builders/remedies.ts';

describe('shift-traffic', () => {
  const backend = serviceName('backend');
  const pinned = [{ revision: 'backend-00001', percent: 100 }];
  const propose = (over: Parameters<typeof service>[1], target = backend) =>
    shiftTraffic.propose({
      cause: causeOf('release-broken', { target }),
      seen: { 'cloud-run': { services: [service('backend', over)] }, logs: logs(), metrics: { services: [] } },
      environment,
      mark: 'inc-1-1',
    });

  it.each([true, false])(
    'reads what is configured, with the etag of the write; reconciling: %s',
    async (reconciling) => {
      const { cloud } = reading({ services: [plainService('backend', { etag: '"9"', traffic: pinned, reconciling })] });
      expect(await shiftTraffic.read(backend, cloud, unhurried)).toEqual({
        settings: { traffic: pinned },
        etag: '"9"',
        settled: !reconciling,
      });
    },
  );

  it.each([
    ['"9"', '"9"'],
    [undefined, ''],
  ])('writes the shares under the etag %j', async (etag, sent) => {
    const { cloud, written } = recording();
    const change = { target: backend, etag, before: { traffic: [] }, after: { traffic: pinned } };
    expect(await shiftTraffic.write(change, cloud, unhurried)).toEqual({ operation: 'updateTraffic-1' });
    expect(written).toEqual([['updateTraffic', { name: backend, etag: sent }, pinned]]);
  });

  it.each([
    ['what was not seen', {}, 'elsewhere', 'service elsewhere was not observed'],
    ['a service without revisions', { revisions: [] }, backend, `service ${backend} was not observed`],
    [
      'to go back where there is nothing to go back to',
      {
        revisions: [revision('backend-00003', at(-300))],
        serving: [{ revision: 'backend-00003', percent: 100 }],
      },
      backend,
      'backend has no earlier revision that is ready and did not fail too',
    ],
  ])('refuses %s', (_, over, target, reason) => {
    expect(propose(over, target)).toEqual({ kind: 'refused', reason });
  });

  it('says all that matters of it', () => {
    const revisions = [revision('backend-00003', at(-300)), revision('backend-00002', at(-900))];
    const serving = [{ revision: 'backend-00003', percent: 100 }];
    expect(propose({ revisions, serving })).toEqual({
      kind: 'proposed',
      change: {
        target: backend,
        etag: '"1"',
        before: { traffic: [{ revision: 'LATEST', percent: 100 }] },
        after: { traffic: [{ revision: 'backend-00002', percent: 100 }] },
      },
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: {
          title: 'Shift backend back to backend-00002',
          before: '100 % latest',
          after: '100 % backend-00002',
        },
        expectedEffect: 'requests reach backend-00002, which served until backend-00003 came',
        expectedSeconds: 60,
        whatCouldGoWrong:
          'What backend-00003 changed outside the container, a database schema for one, stays. New deploys of backend take no traffic until it is set back to latest.',
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: {
          first: 'Deploy a mended release, then let new deploys take traffic again.',
          gcloud: 'gcloud run services update-traffic backend --project=acme-staging --region=us-central1 --to-latest',
          terraform: `resource "google_cloud_run_v2_service" "backend" {
  traffic {
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    percent = 100
  }
}`,
        },
      },
    });
  });

  it('says what serves now by name where it is pinned', () => {
    const split = [
      { revision: 'backend-00003', percent: 90 },
      { revision: 'LATEST', percent: 10 },
      { revision: 'backend-00001', percent: 0, tag: 'old' },
    ];
    const revisions = [revision('backend-00003', at(-300)), revision('backend-00002', at(-900))];
    const serving = [{ revision: 'backend-00003', percent: 100 }];
    expect(propose({ traffic: split, revisions, serving })).toMatchObject({
      prospect: { summary: { before: '90 % backend-00003, 10 % latest', after: '100 % backend-00002' } },
    });
  });
});
