import { describe, expect, it } from 'vitest';
import { toConnector } from '../../../shared/adapters/google/map-connector.ts';
import { toLogEntry } from '../../../shared/adapters/google/map-log-entry.ts';
import { toOperationStatus } from '../../../shared/adapters/google/map-operation.ts';
import { toRevision } from '../../../shared/adapters/google/map-revision.ts';
import { toSeries } from '../../../shared/adapters/google/map-series.ts';
import { list } from '../../../shared/adapters/google/values.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import { recorded } from './fixtures.ts';

describe('toRevision', () => {
  const name = 'projects/p/locations/l/services/s/revisions/s-00002-abc';

  it('finds Ready among its conditions', () => {
    const revision = toRevision({
      name,
      createTime: '2026-11-20T10:00:00Z',
      conditions: [
        { type: 'ContainerHealthy', state: 'CONDITION_SUCCEEDED' },
        {
          type: 'Ready',
          state: 'CONDITION_FAILED',
          revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR',
          message: 'no port',
        },
      ],
      containers: [{ image: 'app@sha256:1' }],
      scaling: { minInstanceCount: 1, maxInstanceCount: 8 },
    });
    expect(revision).toMatchObject({
      shortName: 's-00002-abc',
      createdAt: '2026-11-20T10:00:00.000Z',
      ready: { state: 'failed', reason: 'HEALTH_CHECK_CONTAINER_ERROR', message: 'no port' },
      template: { instancesMin: 1, instancesMax: 8, containers: [{ image: 'app@sha256:1' }] },
    });
  });

  it('without a Ready condition is unknown', () => {
    expect(toRevision({ name, conditions: [{ type: 'Active', state: 'CONDITION_SUCCEEDED' }] }).ready.state).toBe(
      'unknown',
    );
  });
});

describe('toConnector', () => {
  const name = 'projects/p/locations/l/connectors/c';

  it.each([
    ['READY', 'ready'],
    [1, 'ready'],
    ['UPDATING', 'updating'],
    [5, 'updating'],
    ['ERROR', 'error'],
    [undefined, 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
  ])('state %s is %s', (state, expected) => {
    expect(toConnector({ name, state }).state).toBe(expected);
  });

  it('reads size and network', () => {
    const api = {
      name,
      machineType: 'e2-standard-4',
      minInstances: 3,
      maxInstances: 7,
      network: 'n',
      ipCidrRange: 'r',
    };
    expect(toConnector(api)).toMatchObject({
      machineType: 'e2-standard-4',
      instancesMin: 3,
      instancesMax: 7,
      network: 'n',
      ipCidrRange: 'r',
    });
  });

  it('reads one that was made by throughput, 100 Mbps a machine', () => {
    const api = { name, machineType: '', minInstances: 0, maxInstances: 0, minThroughput: 200, maxThroughput: 300 };
    expect(toConnector(api)).toMatchObject({ machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 });
  });

  it('refuses what is no connector', () => {
    expect(() => toConnector({})).toThrow(PlatformFailure);
  });
});

describe('toSeries', () => {
  const series = (labels: object, points: readonly object[], resource: object = {}) => ({
    metric: { type: 'm', labels },
    resource: { type: 'r', labels: resource },
    points,
  });
  const point = (minute: number, value: object) => ({
    interval: { startTime: `2026-11-23T03:0${minute - 1}:00Z`, endTime: `2026-11-23T03:0${minute}:00Z` },
    value,
  });

  it('turns newest first into oldest first and reads every kind of number', () => {
    const [found] = toSeries([
      series({}, [
        point(4, { boolValue: true }),
        point(3, { int64Value: '3' }),
        point(2, { doubleValue: 0 }),
        point(1, { doubleValue: 1.5 }),
      ]),
    ]);
    expect(found?.points.map(({ value }) => value)).toEqual([1.5, 0, 3, 1]);
    expect(found?.points[0]?.at).toBe('2026-11-23T03:01:00.000Z');
  });

  it('joins what one page began and the next goes on with', () => {
    const found = toSeries([
      series({ response_code_class: '5xx' }, [point(4, { int64Value: '4' }), point(3, { int64Value: '3' })], {
        a: 'x',
      }),
      series({ response_code_class: '2xx' }, [point(4, { int64Value: '9' })], { a: 'x' }),
      series({ response_code_class: '5xx' }, [point(2, { int64Value: '2' })], { a: 'x' }),
    ]);
    expect(found).toHaveLength(2);
    expect(found[0]?.labels).toEqual({ response_code_class: '5xx', a: 'x' });
    expect(found[0]?.points.map(({ value }) => value)).toEqual([2, 3, 4]);
  });

  it('gives no point for a distribution, which is no number', () => {
    expect(toSeries([series({}, [point(1, { distributionValue: { count: '4', mean: 7 } })])])[0]?.points).toEqual([]);
  });
});

describe('toLogEntry, entries as Cloud Logging gave them', () => {
  const entries = list(recorded('logging/cloud-function-memory-entries.json')['entries']).map(toLogEntry);

  it('reads the line that tells of exhausted memory', () => {
    expect(entries[13]).toMatchObject({
      log: 'cloudfunctions.googleapis.com/cloud-functions',
      text: 'Function invocation was interrupted. Error: memory limit exceeded.\n',
      service: undefined,
      instanceId: undefined,
      httpStatus: undefined,
    });
  });

  it('reads what an audit entry says went wrong', () => {
    expect(entries[0]?.text).toContain('has violated one or more Org Policies');
    expect(entries[0]).toMatchObject({ severity: 'ERROR', log: 'cloudaudit.googleapis.com/data_access' });
  });

  it('names the method of an audit entry without a fault', () => {
    const [entry] = list(recorded('logging/load-balancer-entries.json')['entries']).map(toLogEntry);
    expect(entry?.text).toBe('v1.compute.targetHttpsProxies.insert');
  });

  it('reads a request that reached no container', () => {
    const entry = toLogEntry({
      logName: 'projects/p/logs/run.googleapis.com%2Frequests',
      timestamp: '2026-11-23T03:00:00.123456Z',
      severity: 'ERROR',
      textPayload: 'The request was aborted because there was no available instance.',
      resource: { type: 'cloud_run_revision', labels: { service_name: 's', revision_name: 's-00001-abc' } },
      httpRequest: { status: 429, latency: '0.250s' },
      labels: {},
    });
    expect(entry).toEqual({
      at: '2026-11-23T03:00:00.123Z',
      log: 'run.googleapis.com/requests',
      severity: 'ERROR',
      text: 'The request was aborted because there was no available instance.',
      service: 's',
      revision: 's-00001-abc',
      instanceId: undefined,
      httpStatus: 429,
      latencyMs: 250,
    });
  });

  it.each([
    [{ jsonPayload: { message: 'pool exhausted', level: 'error' } }, 'pool exhausted'],
    [{ jsonPayload: { code: 7 } }, '{"code":7}'],
    // pino and bunyan, whose stack repeats the message.
    [
      {
        jsonPayload: {
          level: 50,
          msg: 'request errored',
          err: {
            type: 'Error',
            message: 'connect ECONNREFUSED 10.20.0.3:5432',
            stack: 'Error: connect ECONNREFUSED 10.20.0.3:5432\n at x',
          },
        },
      },
      'request errored: connect ECONNREFUSED 10.20.0.3:5432',
    ],
    // zap, logrus and zerolog.
    [
      { jsonPayload: { msg: 'query failed', error: 'dial tcp 10.20.0.3:5432: i/o timeout' } },
      'query failed: dial tcp 10.20.0.3:5432: i/o timeout',
    ],
    // winston: a stack beside the message that it begins with.
    [{ jsonPayload: { message: 'boom', stack: 'Error: boom\n    at x (/app/y.js:1:1)' } }, 'boom'],
    // structlog, and Python's tracebacks.
    [
      {
        jsonPayload: {
          event: 'request failed',
          exception: 'Traceback (most recent call last):\n  File "app.py", line 1\nKeyError: \'currency\'\n',
        },
      },
      "request failed: KeyError: 'currency'",
    ],
    // Logback.
    [
      {
        jsonPayload: {
          message: 'Servlet threw',
          stack_trace:
            'java.lang.RuntimeException: oh\n\tat a.b(C.java:1)\nCaused by: java.net.ConnectException: Connection refused\n\tat d',
        },
      },
      'Servlet threw: java.lang.RuntimeException: oh: Caused by: java.net.ConnectException: Connection refused',
    ],
    // Node's AggregateError has no message of its own, and an error may have nothing but a code, or a stack.
    [
      { jsonPayload: { err: { message: '', errors: [{ message: 'connect ECONNREFUSED ::1:5432' }] } } },
      'connect ECONNREFUSED ::1:5432',
    ],
    [
      { jsonPayload: { msg: 'oh', err: { message: 'fetch failed', cause: { message: 'getaddrinfo ENOTFOUND db' } } } },
      'oh: fetch failed: getaddrinfo ENOTFOUND db',
    ],
    [{ jsonPayload: { msg: 'oh', err: { code: 'ECONNRESET' } } }, 'oh: ECONNRESET'],
    [{ jsonPayload: { err: { stack: 'TypeError: x is not a function\n    at y' } } }, 'TypeError: x is not a function'],
    [{ jsonPayload: { msg: 'no error', error: true, exception: {} } }, 'no error'],
    [{ jsonPayload: { exc_info: 'Traceback (most recent call last):' } }, 'Traceback (most recent call last):'],
    [{ httpRequest: { status: 200 } }, ''],
  ])('reads the text of %j', (entry, text) => {
    expect(toLogEntry(entry).text).toBe(text);
  });

  it('cuts a line that has no end', () => {
    expect(toLogEntry({ textPayload: 'x'.repeat(300_000) }).text).toHaveLength(4000);
    expect(toLogEntry({ jsonPayload: { msg: 'x'.repeat(300_000), err: { message: 'boom' } } }).text).toMatch(
      /x: boom$/,
    );
    expect(toLogEntry({ jsonPayload: { a: 'x'.repeat(300_000) } }).text).toHaveLength(4000);
  });
});

describe('toOperationStatus', () => {
  it.each([
    [{ name: 'o' }, { done: false }],
    [{ name: 'o', done: false, metadata: {} }, { done: false }],
    [
      { name: 'o', done: true, response: {} },
      { done: true, error: undefined },
    ],
    [
      { name: 'o', done: true, error: { code: 9, message: "Revision 'x' is not ready and cannot serve traffic." } },
      { done: true, error: "Revision 'x' is not ready and cannot serve traffic. (google.rpc.Code 9)" },
    ],
    [
      { done: true, error: { code: 13 } },
      { done: true, error: 'no reason given (google.rpc.Code 13)' },
    ],
  ])('%j is %j', (api, status) => {
    expect(toOperationStatus(api)).toEqual(status);
  });
});
