import { describe, expect, it } from 'vitest';
import type { Alert } from '../../shared/signal/alert.ts';
import { parseNotification } from '../../shared/signal/parse-notification.ts';
import { backend5xx, recorded } from './notifications.ts';

function alertOf(message: unknown): Alert {
  const parsed = parseNotification(message);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return parsed.alert;
}

describe('an alert, whole', () => {
  it('from a notification of 2025', () => {
    expect(alertOf(recorded('gce-packets-open'))).toEqual({
      key: '0.nrwotmyokd9n/open',
      incidentId: '0.nrwotmyokd9n',
      state: 'open',
      severity: 'error',
      policy: 'Test-incident-canary',
      condition: 'VM Instance - Sent packets',
      summary: recorded('gce-packets-open').incident['summary'],
      url: 'https://console.cloud.google.com/monitoring/alerting/alerts/0.nrwotmyokd9n?channelType=cloud-pubsub&project=acme-sandbox',
      startedAt: '2025-05-02T09:39:54.000Z',
      endedAt: undefined,
      observedValue: '7679.000',
      thresholdValue: '2001',
      metric: 'compute.googleapis.com/instance/network/sent_packets_count',
      resource: {
        type: 'gce_instance',
        labels: { instance_id: '1943820386402233898', project_id: 'acme-sandbox', zone: 'europe-west1-b' },
      },
    });
  });

  it('from one of 2019 that leaves most out', () => {
    expect(alertOf(recorded('pubsub-undelivered-open'))).toMatchObject({
      severity: 'none',
      condition: 'num-undelivered-messages',
      endedAt: undefined,
      observedValue: undefined,
      metric: undefined,
      startedAt: '2019-11-11T15:43:25.000Z',
    });
  });

  it('from the least that can be read', () => {
    expect(alertOf({ incident: { incident_id: 7, state: ' Open ' } })).toEqual({
      key: '7/open',
      incidentId: '7',
      state: 'open',
      severity: 'none',
      policy: 'a policy without a name',
      condition: 'a condition without a name',
      summary: 'a policy without a name: a condition without a name',
      url: undefined,
      startedAt: undefined,
      endedAt: undefined,
      observedValue: undefined,
      thresholdValue: undefined,
      metric: undefined,
      resource: { type: 'unknown', labels: {} },
    });
  });
});

describe('one field at a time', () => {
  it.each<[string, Record<string, unknown>, Partial<Alert>]>([
    ['severity as Google writes it', { severity: 'Critical' }, { severity: 'critical' }],
    ['severity warning', { severity: 'warning' }, { severity: 'warning' }],
    ['no severity, in words', { severity: 'No severity' }, { severity: 'none' }],
    ['severity as a number', { severity: 5 }, { severity: 'none' }],
    ['ended_at as the text null', { ended_at: 'null' }, { endedAt: undefined }],
    ['ended_at as a number', { ended_at: 1704067800 }, { endedAt: '2024-01-01T00:10:00.000Z' as Alert['endedAt'] }],
    [
      'started_at as text',
      { started_at: '1704067200' },
      { startedAt: '2024-01-01T00:00:00.000Z' as Alert['startedAt'] },
    ],
    ['started_at 0', { started_at: 0 }, { startedAt: undefined }],
    ['started_at 1', { started_at: 1 }, { startedAt: '1970-01-01T00:00:01.000Z' as Alert['startedAt'] }],
    ['started_at before 1970', { started_at: -1 }, { startedAt: undefined }],
    ['started_at past the year 9999', { started_at: 253_402_300_800 }, { startedAt: undefined }],
    [
      'started_at at its end',
      { started_at: 253_402_300_799 },
      { startedAt: '9999-12-31T23:59:59.000Z' as Alert['startedAt'] },
    ],
    ['started_at in words', { started_at: 'yesterday' }, { startedAt: undefined }],
    ['documentation as text', { documentation: 'Test documentation' }, {}],
    [
      'documentation as a mapping',
      { documentation: { content: 'x', links: [{ displayName: 'd', url: 'https://x' }] } },
      {},
    ],
    ['values as numbers', { observed_value: 0.04, threshold_value: 0 }, { observedValue: '0.04', thresholdValue: '0' }],
    ['values as truth', { observed_value: false }, { observedValue: 'false' }],
    [
      'values that are empty',
      { observed_value: '', threshold_value: 'null' },
      { observedValue: undefined, thresholdValue: undefined },
    ],
    ['a metric without a type', { metric: { displayName: '', labels: {}, type: '' } }, { metric: undefined }],
    ['a metric that is text', { metric: 'cpu' }, { metric: undefined }],
    ['a url that is no web address', { url: 'javascript:alert(1)' }, { url: undefined }],
    ['a url with a space', { url: 'https://a b' }, { url: undefined }],
    ['a url after other text', { url: 'see https://a' }, { url: undefined }],
    ['a url in clear', { url: 'http://www.example.com' }, { url: 'http://www.example.com' }],
    ['the policy without a name', { policy_name: '' }, { policy: 'a policy without a name' }],
    [
      'the condition named only inside',
      { condition_name: undefined, condition: { displayName: 'inside' } },
      { condition: 'inside' },
    ],
    ['a condition that is text', { condition: 'cpu' }, { condition: '5xx error ratio > 1%' }],
    ['no summary', { summary: null }, { summary: 'Cloud Run 5xx Error Rate: 5xx error ratio > 1%' }],
    ['a summary without end', { summary: 'x'.repeat(5000) }, { summary: 'x'.repeat(2000) }],
    ['a summary with space around', { summary: '  on fire\n' }, { summary: 'on fire' }],
    ['no resource', { resource: null }, { resource: { type: 'unknown', labels: {} } }],
    ['a resource without labels', { resource: { type: 'global' } }, { resource: { type: 'global', labels: {} } }],
    [
      'labels that are a list',
      { resource: { type: 'global', labels: ['a'] } },
      { resource: { type: 'global', labels: {} } },
    ],
    [
      'labels of other types',
      { resource: { type: 'global', labels: { n: 1, b: true, o: {}, z: null } } },
      { resource: { type: 'global', labels: { n: '1', b: 'true' } } },
    ],
    ['incident_id with spaces around', { incident_id: ' 0.a ' }, { incidentId: '0.a', key: '0.a/open' }],
    ['incident_id of 200 characters', { incident_id: 'x'.repeat(200) }, { incidentId: 'x'.repeat(200) }],
  ])('%s', (_, incident, expected) => {
    expect(alertOf(backend5xx(incident))).toMatchObject(expected);
  });

  it('keeps 64 labels, and 2000 characters of each', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [`${index}-${'n'.repeat(2000)}`, 'v'.repeat(2001)]),
    );
    const kept = alertOf(backend5xx({ resource: { type: 'global', labels } })).resource.labels;
    expect(Object.entries(kept)).toHaveLength(64);
    expect(Object.entries(kept)[0]).toEqual([`0-${'n'.repeat(1998)}`, 'v'.repeat(2000)]);
  });
});

describe('a test', () => {
  it.each([
    ['test', true],
    ['TEST', true],
    ['1.2', false],
    [undefined, false],
  ])('version %s: %s', (version, test) => {
    expect(parseNotification(backend5xx({}, { version }))).toMatchObject({ test });
  });
});
