import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { play } from './play.ts';

const documented = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/monitoring/cloud-run-5xx-open.json'), 'utf8'),
);

test('a notification has every field of the documented one, and the kind of value in each', () => {
  const staging = play('staging-503');
  staging.until(480);
  const [first] = staging.world.drainNotifications();
  const kinds = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, kinds(inner)]))
      : typeof value;
  // Grouped by service, so no revision is named; and nothing is measured by Cloud Run's own request_count.
  const { revision_name: _grouped, ...labels } = documented.incident.resource.labels;
  documented.incident.resource.labels = labels;
  expect(kinds(first)).toMatchObject(Object(kinds(documented)));
  expect(first?.incident).toMatchObject({
    incident_id: expect.stringMatching(/^0\.[0-9a-z]{12}$/),
    state: 'open',
    scoping_project_id: 'acme-staging',
    severity: 'Critical',
    started_at: expect.any(Number),
    ended_at: null,
    resource: {
      type: 'cloud_run_revision',
      labels: { project_id: 'acme-staging', service_name: 'backend', location: 'us-central1' },
    },
    policy_name: 'Cloud Run 5xx Error Rate',
    condition: {
      name: expect.stringMatching(/^projects\/acme-staging\/alertPolicies\/\d+\/conditions\/\d+$/),
      conditionThreshold: { thresholdValue: 0.05, comparison: 'COMPARISON_GT', duration: '300s' },
    },
    observed_value: expect.stringMatching(/^[01]\.\d{3}$/),
    threshold_value: '0.05',
    documentation: { mime_type: 'text/markdown' },
  });
});

test('a closed one has the same id and when it ended', () => {
  const scenario = structuredClone(loadScenario('healthy'));
  scenario.causes.push({ type: 'database-down', at: 30, until: 600, database: 'postgres', how: 'refuses' });
  const world = play(scenario);
  world.until(1500);
  const all = world.world.drainNotifications();
  const opened = all.filter((n) => n.incident.state === 'open');
  const closed = all.filter((n) => n.incident.state === 'closed');
  expect(opened.length).toBeGreaterThanOrEqual(2);
  expect(closed.map((n) => n.incident.incident_id).sort()).toEqual(opened.map((n) => n.incident.incident_id).sort());
  for (const { incident } of closed) {
    expect(incident['ended_at']).toBeGreaterThan(Number(incident['started_at']));
    expect(incident['summary']).toContain('returned to normal');
  }
});

test('a policy on the connector’s own metric sees it four minutes late', () => {
  const scenario = structuredClone(loadScenario('staging-503'));
  const [policy] = scenario.alerting.policies;
  if (!policy) throw new Error('no policy');
  scenario.alerting.policies = [
    {
      ...policy,
      displayName: 'Connector instances at maximum',
      condition: {
        displayName: 'instances > 2',
        filter: 'metric.type="vpcaccess.googleapis.com/connector/instances" AND resource.type="vpc_access_connector"',
        aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MEAN' }],
        comparison: 'COMPARISON_GT',
        thresholdValue: 2,
        duration: '0s',
      },
    },
  ];
  const world = play(scenario);
  world.until(240);
  expect(world.connector().instances).toBe(3);
  expect(world.world.drainNotifications()).toEqual([]);
  world.until(420);
  expect(world.world.drainNotifications()).toMatchObject([
    {
      incident: {
        resource: { type: 'vpc_access_connector' },
        resource_display_name: 'staging-connector',
        observed_value: '3.000',
      },
    },
  ]);
});
