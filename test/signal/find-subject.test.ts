import { describe, expect, it } from 'vitest';
import { findSubject } from '../../shared/signal/find-subject.ts';
import { parseNotification } from '../../shared/signal/parse-notification.ts';
import { backend5xx, cloudRun, edited } from './notifications.ts';
import { ACME, policyOf } from './policies.ts';

const found = (message: unknown, policy = ACME) => {
  const parsed = parseNotification(message);
  if (parsed.kind === 'refused') throw new Error(parsed.reason);
  return findSubject(parsed.alert, parsed.clues, policy);
};
const subjectOf = (message: unknown, policy = ACME) => {
  const result = found(message, policy);
  return result.kind === 'watched' ? result.subject : result.reason;
};
const resource = (type: string, labels: object) => backend5xx({ resource: { type, labels } });
const staging = { environment: 'staging', project: 'acme-staging', region: 'us-central1' };

const ALL = policyOf('  staging: { project: acme-staging, region: us-central1 }');
const TWO =
  policyOf(`  first: { project: acme-staging, region: us-central1, checks: ['https://a.test/', 'wss://shared.test:8443/ws'] }
  second: { project: acme-staging, region: us-east1, paused: true }
  other:
    project: acme-other
    region: us-east1
    checks:
      - https://shared.test
      - kind: journey
        name: two steps
        steps: [{ url: 'https://B.test/x', capture: { x: x } }, { url: 'https://b.test/{{x}}' }]`);

describe('the environment', () => {
  it('is found by project and region', () => {
    expect(
      subjectOf(resource('cloud_run_revision', { project_id: 'acme-staging', location: 'us-east1' }), TWO),
    ).toMatchObject({ environment: 'second', region: 'us-east1' });
  });

  it('is found by the region in the filter, where the resource has none', () => {
    const condition = { conditionThreshold: { filter: 'resource.labels.location="us-east1"' } };
    expect(
      subjectOf(
        backend5xx({ resource: { type: 'https_lb_rule', labels: { project_id: 'acme-staging' } }, condition }),
        TWO,
      ),
    ).toMatchObject({ environment: 'second' });
  });

  it("believes the resource's region before the filter's", () => {
    const condition = { conditionThreshold: { filter: 'resource.labels.location="us-east1"' } };
    expect(subjectOf(backend5xx({ condition }), TWO)).toMatchObject({ environment: 'first' });
  });

  it('is the first of several, and says so, where no region is named', () => {
    expect(found(resource('https_lb_rule', { project_id: 'acme-staging' }), TWO)).toMatchObject({
      subject: { environment: 'first', services: [] },
      note: 'it does not say which of first, second; the first is taken',
    });
  });

  it('says nothing where nothing was assumed', () => {
    expect(found(backend5xx(), TWO)).toMatchObject({ note: undefined });
  });

  it('is none in a region that is not watched', () => {
    expect(subjectOf(resource('cloud_run_revision', { project_id: 'acme-staging', location: 'asia-east1' }), TWO)).toBe(
      'asia-east1 is not watched; watched: first (acme-staging in us-central1), second (acme-staging in us-east1)',
    );
  });
});

describe('the host of an uptime check', () => {
  const uptime = (labels: object, policy = TWO) =>
    found(edited('uptime-open-v1', { resource: { type: 'uptime_url', labels } }), policy);

  it.each<[object, string]>([
    [{ host: 'a.test' }, 'first'],
    [{ host: 'b.test' }, 'other'],
    [{ host: 'shared.test' }, 'first'],
    [{ host: 'shared.test', project_id: 'acme-other' }, 'other'],
    [{ host: 'shared.test', project_id: 'acme-monitoring' }, 'first'],
    [{ host: 'nobody.test', project_id: 'acme-other' }, 'other'],
    [{ project_id: 'acme-other' }, 'other'],
  ])('%o is %s', (labels, environment) => {
    expect(uptime(labels)).toMatchObject({ kind: 'watched', subject: { environment, services: [] } });
  });

  it.each<[object, string]>([
    [{ host: 'nobody.test' }, 'no check looks at host nobody.test; checked: a.test, shared.test, b.test'],
    [
      { host: 'nobody.test', project_id: 'acme-x' },
      'project acme-x is not watched; watched: first (acme-staging in us-central1), second (acme-staging in us-east1), other (acme-other in us-east1)',
    ],
  ])('%o is none', (labels, reason) => {
    expect(uptime(labels)).toEqual({ kind: 'unwatched', reason });
  });

  it('is none where nothing is checked', () => {
    expect(uptime({ host: 'a.test' }, ALL)).toEqual({
      kind: 'unwatched',
      reason: 'no check looks at host a.test; checked: none',
    });
  });

  it('counts only for uptime checks', () => {
    expect(subjectOf(resource('cloud_run_revision', { host: 'a.test' }), TWO)).toContain('names no project');
  });
});

describe('the services', () => {
  const filter = (text: string) => ({ condition: { conditionThreshold: { filter: text } } });

  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ["the resource's label", {}, ['backend']],
    ["the resource's label before the filter", filter('service_name="auth"'), ['backend']],
    [
      'the filter',
      { resource: cloudRun({}), ...filter('service_name="auth" OR service_name="frontend"') },
      ['auth', 'frontend'],
    ],
    [
      "the filter before the metric's label",
      {
        resource: cloudRun({}),
        ...filter('service_name="auth"'),
        metric: { type: 'm', labels: { service_name: 'frontend' } },
      },
      ['auth'],
    ],
    [
      "the metric's label",
      {
        resource: cloudRun({}),
        metric: { type: 'logging.googleapis.com/user/5xx', labels: { service_name: 'frontend' } },
      },
      ['frontend'],
    ],
    ['none', { resource: cloudRun({}) }, []],
  ])('%s', (_, incident, services) => {
    expect(subjectOf(backend5xx(incident))).toEqual({ ...staging, services });
  });

  it('keeps those that are watched', () => {
    expect(
      subjectOf(backend5xx({ resource: cloudRun({}), ...filter('service_name="payments" OR service_name="auth"') })),
    ).toEqual({ ...staging, services: ['auth'] });
  });

  it('says what is watched where none of them is', () => {
    expect(subjectOf(backend5xx({ resource: cloudRun({ service_name: 'payments' }) }))).toBe(
      'service payments is not watched; staging watches backend, auth, frontend',
    );
  });

  it('watches all where none is listed', () => {
    expect(subjectOf(backend5xx({ resource: cloudRun({ service_name: 'payments' }) }), ALL)).toEqual({
      ...staging,
      services: ['payments'],
    });
  });
});

describe('the connector', () => {
  const connector = (name?: string) =>
    resource('vpc_access_connector', { project_id: 'acme-staging', location: 'us-central1', connector_name: name });
  const NONE = policyOf('  staging: { project: acme-staging, region: us-central1, connectors: [] }');

  it('is watched when it is listed, when none is listed, and when it is not named', () => {
    for (const watched of [
      subjectOf(connector('staging-connector')),
      subjectOf(connector('any'), ALL),
      subjectOf(connector()),
    ]) {
      expect(watched).toEqual({ ...staging, services: [] });
    }
  });

  it('may be named in full', () => {
    expect(subjectOf(connector('projects/acme-staging/locations/us-central1/connectors/staging-connector'))).toEqual({
      ...staging,
      services: [],
    });
  });

  it('is not watched when others are', () => {
    const listed = 'staging watches projects/acme-staging/locations/us-central1/connectors/staging-connector';
    expect(subjectOf(connector('connector'))).toBe(`connector connector is not watched; ${listed}`);
    expect(subjectOf(connector('any'), NONE)).toBe('connector any is not watched; staging watches none');
  });
});

describe('the resource', () => {
  const inStaging = (type: string, labels: object = {}) => ({
    resource: { type, labels: { project_id: 'acme-staging', ...labels } },
  });
  const promql = {
    condition: { conditionPrometheusQueryLanguage: { query: '{project_id="acme-staging"}' } },
    resource: undefined,
  };

  it.each(['cloud_run_revision', 'https_lb_rule', 'http_load_balancer', 'gce_backend_service', 'gce_forwarding_rule'])(
    '%s is about the environment',
    (type) => {
      expect(subjectOf(backend5xx(inStaging(type)))).toEqual({ ...staging, services: [] });
    },
  );

  it.each(['global', 'prometheus_target', 'generic_task', 'generic_node', ''])(
    '%s is about the service that it names',
    (type) => {
      expect(
        subjectOf(backend5xx({ ...inStaging(type), metric: { type: 'm', labels: { service_name: 'auth' } } })),
      ).toEqual({ ...staging, services: ['auth'] });
    },
  );

  it.each(['run.googleapis.com/request_count', 'vpcaccess.googleapis.com/connector/cpu/utilizations'])(
    'that is missing is made up for by metric %s',
    (type) => {
      expect(subjectOf(backend5xx({ ...promql, metric: { type } }))).toEqual({ ...staging, services: [] });
    },
  );

  it('that is missing, with no service and another metric, leaves nothing to look at', () => {
    const reason =
      'it names neither a resource that is watched nor a service; add service_name to its condition (in acme-staging)';
    expect(subjectOf(backend5xx({ ...promql, metric: { type: 'pubsub.googleapis.com/x' } }))).toBe(reason);
    expect(subjectOf(backend5xx({ ...promql, metric: undefined }))).toBe(reason);
  });

  it.each(['gae_app', 'toString', 'k8s_container'])(
    '%s is nothing that is watched, whatever service it names',
    (type) => {
      expect(subjectOf(backend5xx(inStaging(type, { service_name: 'backend' })))).toContain(
        `resource ${type} is nothing that is watched; watched: cloud_run_revision`,
      );
    },
  );
});
