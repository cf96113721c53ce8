import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../shared/policy/policy.ts';
import { intake } from '../../shared/signal/intake.ts';
import { backend5xx, cloudRun, edited, inPubsub, recorded, recordedNames } from './notifications.ts';
import { ACME, policyOf } from './policies.ts';

const WATCHED = 'watched: staging (acme-staging in us-central1)';
const BACKEND = 'about backend in staging (acme-staging in us-central1)';
const STAGING = 'about staging (acme-staging in us-central1)';
const CHECKED = 'checked: staging.acme.test, api-staging.acme.test';

const verdictOf = (message: unknown, policy: Policy = ACME): string => {
  const { verdict, reason } = intake(message, policy);
  return `${verdict}: ${reason}`;
};

describe('every recorded notification, where acme-staging is watched', () => {
  const verdicts: Record<string, string> = {
    'cloud-run-5xx-open': `ignored: project my-gcp-project is not watched; ${WATCHED}`,
    'gce-cpu-open': `ignored: project xxxxxxxxxxxxxxxxxxxxxxxx is not watched; ${WATCHED}`,
    'gce-load1m-open': `ignored: project acme-platform-prod is not watched; ${WATCHED}`,
    'gce-packets-open': `ignored: project acme-sandbox is not watched; ${WATCHED}`,
    'gke-log-match-open': `ignored: project acme-bank is not watched; ${WATCHED}`,
    'mock-5xx-errors-production': `ignored: resource gae_app names no project in its labels, nor does the condition (prod-web-cluster, where its policy lives, need not be what it is about); ${WATCHED}`,
    'mock-high-memory-usage': `ignored: resource gce_instance names no project in its labels, nor does the condition (prod-web-cluster, where its policy lives, need not be what it is about); ${WATCHED}`,
    'pubsub-undelivered-open': `ignored: resource pubsub_subscription names no project in its labels, nor does the condition; ${WATCHED}`,
    'send-test-notification': 'ignored: a test notification: the channel works, and nothing is wrong',
    'spanner-cpu-closed': `ignored: resource spanner_instance names no project in its labels, nor does the condition; ${WATCHED}`,
    'uptime-closed-v1': `ignored: no check looks at host MYHOST; ${CHECKED}`,
    'uptime-open-v1': `ignored: no check looks at host MYHOST; ${CHECKED}`,
  };

  it.each(recordedNames())('%s', (name) => {
    expect(verdictOf(recorded(name))).toBe(verdicts[name]);
  });

  it.each(recordedNames())('%s means the same in a Pub/Sub message', (name) => {
    expect(intake(inPubsub(recorded(name)), ACME)).toEqual(intake(recorded(name), ACME));
  });
});

describe('the same notifications, where what they speak of is watched', () => {
  const watching = (project: string, region: string, more = ''): Policy =>
    policyOf(`  there: { project: ${project}, region: ${region}${more} }`);
  const about = (project: string, region: string): string => `there (${project} in ${region})`;
  const noneOfOurs = (type: string, project: string): string =>
    `ignored: resource ${type} is nothing that is watched; watched: cloud_run_revision, vpc_access_connector, uptime_url, https_lb_rule, http_load_balancer, gce_backend_service, gce_forwarding_rule (in ${project})`;

  it.each<[string, Policy, string]>([
    [
      'cloud-run-5xx-open',
      watching('my-gcp-project', 'asia-northeast1'),
      `accepted: about tickets-api in ${about('my-gcp-project', 'asia-northeast1')}`,
    ],
    [
      'cloud-run-5xx-open',
      watching('my-gcp-project', 'us-east1'),
      `ignored: asia-northeast1 is not watched; watched: ${about('my-gcp-project', 'us-east1')}`,
    ],
    [
      'gce-cpu-open',
      watching('xxxxxxxxxxxxxxxxxxxxxxxx', 'us-east1'),
      noneOfOurs('gce_instance', 'xxxxxxxxxxxxxxxxxxxxxxxx'),
    ],
    ['gce-load1m-open', watching('acme-platform-prod', 'us-east4'), noneOfOurs('gce_instance', 'acme-platform-prod')],
    [
      'gce-load1m-open',
      watching('acme-monitoring-prod', 'us-east4'),
      `ignored: project acme-platform-prod is not watched; watched: ${about('acme-monitoring-prod', 'us-east4')}`,
    ],
    ['gce-packets-open', watching('acme-sandbox', 'europe-west1'), noneOfOurs('gce_instance', 'acme-sandbox')],
    ['gke-log-match-open', watching('acme-bank', 'us-central1'), noneOfOurs('k8s_container', 'acme-bank')],
    [
      'uptime-open-v1',
      watching('acme-noc', 'us-east1', ", checks: ['https://myhost/health']"),
      `accepted: about ${about('acme-noc', 'us-east1')}`,
    ],
    [
      'uptime-closed-v1',
      watching('acme-noc', 'us-east1', ", checks: ['https://myhost/health']"),
      `accepted: about ${about('acme-noc', 'us-east1')}; closed: to be checked, not believed`,
    ],
    [
      'send-test-notification',
      watching('acme-noc', 'us-east1'),
      'ignored: a test notification: the channel works, and nothing is wrong',
    ],
  ])('%s (%#)', (name, policy, verdict) => {
    expect(verdictOf(recorded(name), policy)).toBe(verdict);
  });
});

describe('variants seen elsewhere, as stated edits of cloud-run-5xx-open', () => {
  const filter =
    'resource.type="cloud_run_revision" AND resource.labels.project_id="acme-staging" AND resource.labels.service_name="backend"';
  const query = '{project_id="acme-staging", location="us-central1", service_name="backend"}';
  const conditionOnly = (condition: object): Record<string, unknown> => ({
    resource: undefined,
    metric: undefined,
    condition,
  });

  it.each<[string, unknown, string]>([
    ['the case itself', backend5xx(), `accepted: ${BACKEND}`],
    ['version as the number 1.1', backend5xx({}, { version: 1.1 }), `accepted: ${BACKEND}`],
    ['no version', backend5xx({}, { version: undefined }), `accepted: ${BACKEND}`],
    ['a version yet unknown', backend5xx({}, { version: '2.0' }), `accepted: ${BACKEND}`],
    ['capitals', backend5xx({ state: 'OPEN', severity: 'CRITICAL' }), `accepted: ${BACKEND}`],
    [
      'returned to normal, while open',
      backend5xx({ summary: '5xx ratio for backend returned to normal with a value of 0.003.' }),
      `accepted: ${BACKEND}; still open, although its summary says that it returned to normal`,
    ],
    [
      'returned to a normal state, while open',
      backend5xx({ summary: 'Returned to a normal state.' }),
      `accepted: ${BACKEND}; still open, although its summary says that it returned to normal`,
    ],
    [
      'closed, with a value',
      backend5xx({ state: 'closed', ended_at: 1704067800, observed_value: '0.003' }),
      `accepted: ${BACKEND}; closed: to be checked, not believed`,
    ],
    [
      'closed, without one',
      backend5xx({ state: 'CLOSED' }),
      `accepted: ${BACKEND}; closed: to be checked, not believed`,
    ],
    [
      'closed, because the policy was edited',
      backend5xx({ state: 'closed', observed_value: 'The alerting policy was edited while the incident was open.' }),
      `accepted: ${BACKEND}; closed for a reason that is no recovery ("The alerting policy was edited while the incident was open."): to be checked`,
    ],
    [
      'conditionAbsent',
      backend5xx(conditionOnly({ conditionAbsent: { filter, duration: '300s' } })),
      `accepted: ${BACKEND}`,
    ],
    ['conditionThreshold', backend5xx(conditionOnly({ conditionThreshold: { filter } })), `accepted: ${BACKEND}`],
    [
      'conditionMatchedLog',
      backend5xx(conditionOnly({ conditionMatchedLog: { filter, labelExtractors: {} } })),
      `accepted: ${BACKEND}`,
    ],
    [
      'conditionMonitoringQueryLanguage',
      backend5xx(
        conditionOnly({
          conditionMonitoringQueryLanguage: {
            query:
              "fetch cloud_run_revision | filter resource.project_id == 'acme-staging' && (resource.service_name == 'backend')",
          },
        }),
      ),
      `accepted: ${BACKEND}`,
    ],
    [
      'conditionPrometheusQueryLanguage',
      backend5xx(
        conditionOnly({
          conditionPrometheusQueryLanguage: { query: `rate(run_googleapis_com:request_count${query}[5m]) > 1` },
        }),
      ),
      `accepted: ${BACKEND}`,
    ],
    [
      'conditionSql',
      backend5xx(
        conditionOnly({
          conditionSql: {
            query:
              'SELECT 1 FROM logs WHERE resource.labels.project_id = "acme-staging" AND JSON_VALUE(resource.labels.service_name) = "backend"',
          },
        }),
      ),
      `accepted: ${BACKEND}`,
    ],
    [
      'a condition of a type yet unknown, without a resource',
      backend5xx(conditionOnly({ conditionOfTomorrow: { query } })),
      `ignored: resource unknown names no project in its labels, nor does the condition (my-gcp-project, where its policy lives, need not be what it is about); ${WATCHED}`,
    ],
    [
      'watched only by the scoping project',
      backend5xx({ scoping_project_id: 'acme-staging', resource: cloudRun({ project_id: undefined }) }),
      `ignored: resource cloud_run_revision names no project in its labels, nor does the condition (acme-staging, where its policy lives, need not be what it is about); ${WATCHED}`,
    ],
    [
      'a uptime check of a host that is checked',
      edited('uptime-open-v1', { resource: { type: 'uptime_url', labels: { host: 'API-staging.acme.test' } } }),
      `accepted: ${STAGING}`,
    ],
    [
      'a saturated connector',
      backend5xx({
        resource: {
          type: 'vpc_access_connector',
          labels: { project_id: 'acme-staging', location: 'us-central1', connector_name: 'staging-connector' },
        },
      }),
      `accepted: ${STAGING}`,
    ],
    [
      'a load balancer, which has no region',
      backend5xx({
        resource: { type: 'https_lb_rule', labels: { project_id: 'acme-staging', backend_target_name: 'be' } },
      }),
      `accepted: ${STAGING}`,
    ],
  ])('%s', (_, message, verdict) => {
    expect(verdictOf(message)).toBe(verdict);
  });
});

describe('delivery', () => {
  it('gives a redelivery the same key, whatever it came in', () => {
    expect(alertOf(inPubsub(backend5xx())).key).toBe(alertOf(backend5xx()).key);
    expect(alertOf(backend5xx()).key).toBe('0.abcdef1234567890/open');
  });

  it('gives opening and closing different keys, so that either may come first', () => {
    expect(alertOf(backend5xx({ state: 'closed' })).key).toBe('0.abcdef1234567890/closed');
  });

  it('gives an opening under a new incident_id a new key, and the same subject', () => {
    const [first, second] = [intake(backend5xx(), ACME), intake(backend5xx({ incident_id: '0.second' }), ACME)];
    expect(first).not.toEqual(second);
    expect(second).toMatchObject({
      alert: { key: '0.second/open' },
      subject: { environment: 'staging', services: ['backend'] },
    });
  });

  const alertOf = (message: unknown) => {
    const taken = intake(message, ACME);
    if (taken.verdict === 'refused') throw new Error(taken.reason);
    return taken.alert;
  };
});

describe('what cannot be read is refused, and says what was found', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the message is nothing, not a notification'],
    ['text', 'incident!', 'the message is "incident!", not a notification'],
    ['a list', [backend5xx()], 'the message is a list of 1, not a notification'],
    ['an empty mapping', {}, 'found no incident: the notification is an empty mapping, its incident nothing'],
    [
      'another product',
      { alerts: [], status: 'firing' },
      'found no incident: the notification is a mapping with alerts, status, its incident nothing',
    ],
    [
      'an incident that is text',
      { incident: 'on fire' },
      'found no incident: the notification is a mapping with incident, its incident "on fire"',
    ],
    [
      'no incident_id',
      backend5xx({ incident_id: undefined }),
      'incident_id is nothing, not a text of 1 to 200 characters',
    ],
    ['an empty incident_id', backend5xx({ incident_id: ' ' }), 'incident_id is " ", not a text of 1 to 200 characters'],
    [
      'an incident_id without end',
      backend5xx({ incident_id: 'x'.repeat(201) }),
      `incident_id is "${'x'.repeat(79)}…", not a text of 1 to 200 characters`,
    ],
    [
      'a state yet unknown',
      backend5xx({ state: 'acknowledged' }),
      'state of incident 0.abcdef1234567890 is "acknowledged", neither open nor closed',
    ],
    [
      'no state',
      backend5xx({ state: null }),
      'state of incident 0.abcdef1234567890 is nothing, neither open nor closed',
    ],
    ['Pub/Sub without data', { message: { attributes: {} } }, "the Pub/Sub message's data is nothing, not base64 text"],
    ['Pub/Sub with empty data', { message: { data: '' } }, `the Pub/Sub message's data is "", not base64 text`],
    ['Pub/Sub with other data', { message: { data: 'aGVsbG8=' } }, `the Pub/Sub message's data is not JSON: "hello"`],
    [
      'Pub/Sub with a JSON list',
      { message: { data: 'WzFd' } },
      'the notification is a list of 1, not a mapping with an incident',
    ],
  ])('%s', (_, message, reason) => {
    expect(intake(message, ACME)).toEqual({ verdict: 'refused', reason });
  });
});

describe('a paused environment', () => {
  it('ignores what it would have accepted, and keeps the alert', () => {
    const paused = policyOf('  staging: { project: acme-staging, region: us-central1, paused: true }');
    expect(intake(backend5xx(), paused)).toMatchObject({
      verdict: 'ignored',
      reason: 'environment staging is paused',
      alert: { incidentId: '0.abcdef1234567890' },
    });
  });
});

it('answers any JSON with a verdict, and never throws', () => {
  const incident = fc.record(
    Object.fromEntries(
      Object.keys(recorded('gce-packets-open').incident).map((key) => [
        key,
        fc.oneof(fc.jsonValue(), fc.constantFrom('open', '0.x', '', 'null', 1e300)),
      ]),
    ),
    { requiredKeys: ['incident_id', 'state'] },
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.record({ incident }), fc.record({ message: fc.record({ data: fc.jsonValue() }) })),
      (message) => {
        expect(['accepted', 'ignored', 'refused']).toContain(intake(message, ACME).verdict);
      },
    ),
    { numRuns: 1000 },
  );
});
