import { describe, expect, it } from 'vitest';
import { changes, LOOKBACK_SECONDS } from '../../shared/evidence/changes.ts';
import type { AuditRecord, LogEntry, LogPage, LogQuery } from '../../shared/ports/cloud.ts';
import { at, NOW } from '../builders/evidence.ts';
import { entry, inspection, page, reading, unhurried } from '../builders/ports.ts';

const audited = (seconds: number, over: Partial<AuditRecord> = {}, text = ''): LogEntry =>
  entry(seconds, {
    log: 'cloudaudit.googleapis.com/activity',
    text,
    audit: {
      api: 'run.googleapis.com',
      method: 'google.cloud.run.v2.Services.UpdateService',
      resource: 'projects/acme-staging/locations/us-central1/services/backend',
      by: 'ann@acme.example',
      part: 'whole',
      errorCode: undefined,
      fields: ['template'],
      ...over,
    },
  });

async function see(kept: LogPage) {
  const queries: LogQuery[] = [];
  const { cloud } = reading({
    logs: (query) => {
      queries.push(query);
      return kept;
    },
  });
  return { seen: await changes.inspect(inspection({ cloud }), unhurried), queries };
}

describe('changes', () => {
  it('asks once, for six hours back', async () => {
    const { queries, seen } = await see(page([]));
    expect(queries).toHaveLength(1);
    expect(queries[0]).toMatchObject({
      project: 'acme-staging',
      from: at(-LOOKBACK_SECONDS),
      to: NOW,
      order: 'newest-first',
    });
    expect(queries[0]?.filter).toContain('"secretmanager.googleapis.com"');
    expect(seen).toEqual({ from: at(-LOOKBACK_SECONDS), changes: [], truncated: false });
  });

  it('says who changed what, and which fields', async () => {
    const { seen } = await see(page([audited(-60)]));
    expect(seen.changes).toEqual([
      {
        at: at(-60),
        by: 'ann@acme.example',
        thing: 'service',
        method: 'UpdateService',
        resource: 'projects/acme-staging/locations/us-central1/services/backend',
        name: 'backend',
        fields: ['template'],
        outcome: 'made',
        detail: '',
      },
    ]);
  });

  it.each([
    ['run.googleapis.com', 'google.cloud.run.v1.Services.ReplaceService', 'service', 'ReplaceService'],
    ['run.googleapis.com', 'google.cloud.run.v1.Services.SetIamPolicy', 'access', 'SetIamPolicy'],
    [
      'vpcaccess.googleapis.com',
      'google.cloud.vpcaccess.v1.VpcAccessService.UpdateConnector',
      'connector',
      'UpdateConnector',
    ],
    ['compute.googleapis.com', 'v1.compute.firewalls.patch', 'network', 'firewalls.patch'],
    ['compute.googleapis.com', 'v1.compute.urlMaps.update', 'load-balancer', 'urlMaps.update'],
    [
      'compute.googleapis.com',
      'v1.compute.targetHttpsProxies.setSslCertificates',
      'load-balancer',
      'targetHttpsProxies.setSslCertificates',
    ],
    ['compute.googleapis.com', 'v1.compute.sslCertificates.delete', 'certificate', 'sslCertificates.delete'],
    ['cloudsql.googleapis.com', 'cloudsql.instances.update', 'database', 'instances.update'],
    ['cloudsql.googleapis.com', 'cloudsql.users.update', 'database', 'users.update'],
    [
      'secretmanager.googleapis.com',
      'google.cloud.secretmanager.v1.SecretManagerService.DisableSecretVersion',
      'secret',
      'DisableSecretVersion',
    ],
    ['cloudbilling.googleapis.com', 'DisableResourceBilling', 'billing', 'DisableResourceBilling'],
    ['else.googleapis.com', 'Do', 'other', 'Do'],
  ])('sorts %s %s under %s', async (api, method, thing, short) => {
    const { seen } = await see(page([audited(-60, { api, method })]));
    expect(seen.changes).toMatchObject([{ thing, method: short }]);
  });

  it('counts a long operation once, and its end only where it failed', async () => {
    const { seen } = await see(
      page([
        audited(-10, { part: 'last' }),
        audited(-20, { part: 'last', errorCode: 9 }, 'no: password=hunter2'),
        audited(-30, { part: 'first' }),
      ]),
    );
    expect(seen.changes.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['refused', 'no: password=[redacted]'],
      ['made', ''],
    ]);
  });

  it('takes Cloud Run’s own reports for changes only where a revision did not become ready', async () => {
    const report = { method: '/InternalServices.ReplaceInternalService', by: undefined };
    const { seen } = await see(
      page([audited(-10, report), audited(-20, { ...report, errorCode: 9 }, 'not ready'), entry(-30)]),
    );
    expect(seen.changes).toMatchObject([{ outcome: 'refused', by: undefined, detail: 'not ready' }]);
  });

  it('says how far it reaches where there was more', async () => {
    const many = Array.from({ length: 120 }, (_, index) => audited(-index));
    const { seen } = await see(page(many, true));
    expect(seen).toMatchObject({ from: at(-119), truncated: true });
    expect(seen.changes).toHaveLength(100);
    expect((await see(page(many))).seen).toMatchObject({ from: at(-LOOKBACK_SECONDS), truncated: true });
    expect((await see(page(many.slice(0, 100)))).seen).toMatchObject({ truncated: false });
    expect((await see(page([], true))).seen.from).toBe(at(-LOOKBACK_SECONDS));
  });

  it('applies everywhere', () => expect(changes.appliesTo(inspection())).toBe(true));
});
