import { describe, expect, test } from 'vitest';
import { FilterError } from '../../../sandbox/world/filters/filter.ts';
import { parseFilter } from '../../../sandbox/world/filters/parse.ts';
import { matchEntry } from '../../../sandbox/world/logging/match-entry.ts';
import { matchSeries, metricTypeOf } from '../../../sandbox/world/metrics/match-series.ts';

const entry = {
  insertId: 'a1',
  timestamp: '2026-11-23T12:00:00.500Z',
  severity: 'ERROR',
  logName: 'projects/acme-staging/logs/run.googleapis.com%2Frequests',
  resource: { type: 'cloud_run_revision', labels: { service_name: 'backend', location: 'us-central1' } },
  httpRequest: { status: 503, latency: '13.045507683s', requestUrl: 'https://api-staging.acme.test/api/items' },
  labels: { instanceId: '00bf', 'run.googleapis.com/base': 'x' },
  textPayload: 'Memory limit of 512 MiB exceeded with 514 MiB used',
  protoPayload: {
    methodName: 'google.cloud.run.v2.Services.UpdateService',
    authorizationInfo: [{ permission: 'a' }, { permission: 'run.services.update' }],
  },
};

describe('Cloud Logging', () => {
  test.each([
    ['', true],
    ['severity=ERROR', true],
    ['severity>=WARNING', true],
    ['severity>ERROR', false],
    ['severity=(WARNING OR ERROR)', true],
    ['severity!=ERROR', false],
    ['resource.type="cloud_run_revision" AND resource.labels.service_name="backend"', true],
    ['resource.type="cloud_run_revision"\nresource.labels.service_name="auth"', false],
    ['httpRequest.status>=500', true],
    ['httpRequest.status=503', true],
    ['http_request.status<500', false],
    ['httpRequest.latency>"10s"', true],
    ['httpRequest.latency>13.5', false],
    ['textPayload:"memory LIMIT of"', true],
    ['textPayload=~"Memory limit of [0-9]+ MiB exceeded"', true],
    ['textPayload=~"memory limit"', false],
    ['textPayload=~"(?i)memory limit"', true],
    ['textPayload!~"exit"', true],
    ['textPayload:("exit" OR "exceeded")', true],
    ['textPayload:("exit" AND "exceeded")', false],
    ['logName:"run.googleapis.com%2Frequests"', true],
    ['logName="projects/acme-staging/logs/run.googleapis.com%2Frequests"', true],
    ['log_id("run.googleapis.com/requests")', true],
    ['log_id("run.googleapis.com/stderr")', false],
    ['labels.instanceId:*', true],
    ['NOT labels.instanceId:*', false],
    ['-labels.other:*', true],
    ['labels."run.googleapis.com/base"="x"', true],
    ['jsonPayload.missing="x"', false],
    ['jsonPayload.missing!="x"', true],
    ['NOT jsonPayload.missing="x"', true],
    ['protoPayload.methodName=~"Services\\.(ReplaceService|UpdateService|CreateService)"', true],
    ['protoPayload.authorizationInfo.permission="run.services.update"', true],
    ['timestamp>="2026-11-23T12:00:00Z" AND timestamp<"2026-11-23T12:00:01Z"', true],
    ['timestamp>"2026-11-23T13:00:00+01:00"', true],
    ['timestamp>="2026-11-23T12:00:01Z"', false],
    ['"exceeded"', true],
    ['SEARCH("nowhere")', false],
    // OR binds tighter than AND: severity=INFO AND (a OR b).
    ['severity=INFO AND textPayload:"exceeded" OR severity=ERROR', false],
    ['(severity=INFO AND textPayload:"exceeded") OR severity=ERROR', true],
    ['-- a comment\nseverity=ERROR -- another', true],
    ["severity='ERROR'", true],
  ])('%s: %s', (filter, passes) => {
    expect(matchEntry(parseFilter(filter), entry)).toBe(passes);
  });

  test.each([
    'severity=',
    '(severity=ERROR',
    'severity=ERROR)',
    'AND severity=ERROR OR',
    'textPayload="open',
    '= 3',
    'severity=(a b',
  ])('%s does not parse', (filter) => {
    expect(() => parseFilter(filter)).toThrow(FilterError);
  });

  test('a bad regular expression and an unknown function are told', () => {
    expect(() => matchEntry(parseFilter('textPayload=~"("'), entry)).toThrow(/regular expression/);
    expect(() => matchEntry(parseFilter('sample(insertId, 0.25)'), entry)).toThrow(/unknown function sample/);
  });

  test('limits hold', () => {
    expect(() => parseFilter(`a="${'x'.repeat(20_001)}"`)).toThrow(/longer than/);
    expect(() => parseFilter('('.repeat(60))).toThrow(/nested/);
  });
});

describe('Cloud Monitoring', () => {
  const series = {
    metric: { type: 'run.googleapis.com/request_count', labels: { response_code: '503', response_code_class: '5xx' } },
    resource: {
      type: 'cloud_run_revision',
      labels: { project_id: 'acme-staging', service_name: 'backend', revision_name: 'backend-00041-pob' },
    },
  };
  test.each([
    ['metric.type="run.googleapis.com/request_count"', true],
    [
      'metric.type = "run.googleapis.com/request_count" AND resource.type = "cloud_run_revision" AND resource.labels.service_name = "backend"',
      true,
    ],
    ['metric.type="run.googleapis.com/request_count" resource.label.service_name="auth"', false],
    ['metric.type="run.googleapis.com/request_count" AND metric.labels.response_code_class="5xx"', true],
    ['metric.type="run.googleapis.com/request_count" AND metric.labels.response_code_class!="2xx"', true],
    ['metric.type="run.googleapis.com/request_count" AND metric.labels.response_code>=500', true],
    ['metric.type="run.googleapis.com/request_count" AND resource.labels.service_name=one_of("auth","backend")', true],
    ['metric.type="run.googleapis.com/request_count" AND resource.labels.revision_name=starts_with("backend-")', true],
    ['metric.type="run.googleapis.com/request_count" AND resource.labels.revision_name=has_substring("0042")', false],
    [
      'metric.type="run.googleapis.com/request_count" AND resource.labels.service_name=monitoring.regex.full_match("back|end")',
      false,
    ],
    [
      'metric.type="run.googleapis.com/request_count" AND (resource.labels.service_name="auth" OR resource.labels.service_name="backend")',
      true,
    ],
    ['metric.type="run.googleapis.com/request_count" AND NOT metric.labels.response_code="503"', false],
    ['metric.type="run.googleapis.com/request_count" AND project="acme-staging"', true],
    ['metric.type="run.googleapis.com/request_count" AND metric.labels.response_code="5" ', false],
  ])('%s: %s', (filter, passes) => {
    expect(matchSeries(parseFilter(filter), series)).toBe(passes);
  });

  test('must name one metric type, and only what the language has', () => {
    expect(() => metricTypeOf(parseFilter('resource.type="cloud_run_revision"'))).toThrow(/single metric type/);
    expect(() => matchSeries(parseFilter('service="backend"'), series)).toThrow(/unexpected "service"/);
    expect(() => matchSeries(parseFilter('metric.labels.x=sqrt("2")'), series)).toThrow(/unexpected "sqrt"/);
  });
});
