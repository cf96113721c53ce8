import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { CheckResult } from '../../shared/evidence/checks.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { Reading } from '../../shared/evidence/inspector.ts';
import {
  at,
  CONNECTOR,
  connector,
  context,
  databases,
  evidence,
  failed,
  line,
  logs,
  networkView,
  observed,
  observedDatabase,
  points,
  service,
  sqlInstance,
  way,
} from '../builders/evidence.ts';

const missing = (reason: 'denied' | 'timed-out' | 'failed', detail: string): Reading<never> => ({
  status: 'unavailable',
  at: at(0),
  reason,
  detail,
});
const FAILING = logs({ failed: [failed('backend', 50)], onsets: [{ service: 'backend', at: at(-240) }] });
const DOOR: CheckResult = {
  name: 'shop',
  url: 'https://shop.acme.test/',
  verdict: 'failed',
  detail: '503 in 12 ms',
  httpStatus: 503,
  latencyMs: 12,
};
const asked = (over: Partial<Evidence>) =>
  diagnose(
    evidence({ 'cloud-run': observed({ services: [service('backend')] }), logs: observed(FAILING), ...over }),
    context,
  ).nextChecks;

describe('where no root was found', () => {
  const DENIED = "logging.logEntries.list on projects/acme-staging: 403 PERMISSION_DENIED: Permission 'x' denied.";

  it('asks once for a right that several readings want', () =>
    expect(asked({ logs: missing('denied', DENIED), changes: missing('denied', DENIED) })).toEqual([
      'Give runmedic the right to call logging.logEntries.list on projects/acme-staging and check again, or look there yourself.',
    ]));

  it('names what did not answer, and who gave up', () =>
    expect(
      asked({
        metrics: missing('failed', 'monitoring.timeSeries.list on projects/acme-staging: 503 UNAVAILABLE'),
        platform: missing('timed-out', 'no answer within 15 s'),
        recurrence: missing('failed', 'disk full'),
      }),
    ).toEqual(
      expect.arrayContaining([
        'Check again in a minute, or look there yourself: monitoring.timeSeries.list on projects/acme-staging could not be read.',
        'Check again in a minute: platform gave no answer within 15 s.',
        'Check again in a minute, or look there yourself: disk full could not be read.',
      ]),
    ));

  it('names the parts of a reading that are missing', () => {
    const unread = [{ part: 'routes' as const, detail: 'compute.routes.list on p: 403' }];
    expect(asked({ network: observed({ ways: [], networks: [networkView({ unread })] }) })).toEqual([
      'Check again in a minute, or look there yourself: compute.routes.list on p could not be read.',
    ]);
  });

  it('sends somebody to whoever is in trouble where all could be looked at', () => {
    expect(asked({})).toEqual([
      'Read what backend logs from 2026-11-23 02:56:00 UTC on, when it began to fail: nothing that was looked at explains it.',
    ]);
    const follow = ['Follow a request to backend yourself: nothing that was looked at explains its trouble.'];
    expect(asked({ logs: observed({ ...FAILING, onsets: [] }) })).toEqual(follow);
    const door = {
      http: observed({ checks: [DOOR] }),
      logs: { status: 'not-applicable' } as const,
    };
    expect(asked(door)).toEqual([follow[0]?.replace('backend', 'shop')]);
  });

  it('asks nobody for anything while nothing is wrong', () => expect(asked({ logs: observed(logs()) })).toEqual([]));
});

describe('where a root was found', () => {
  const crashing = observed(
    logs({ failed: [failed('backend', 50)], signatures: [line('backend', 'container-exited', 40)] }),
  );
  const gone = observed(
    logs({ failed: [failed('backend', 50)], signatures: [line('backend', 'private-connection-refused', 40)] }),
  );
  const down = observed(
    databases(observedDatabase({ sql: { ...sqlInstance({ state: 'SUSPENDED' }), operations: [] } })),
  );

  it('asks for nothing that could not have brought it about', () =>
    expect(asked({ logs: crashing, certificates: missing('failed', 'x') })).toEqual([]));

  it('asks for what could not be looked at and may have brought it about', () => {
    expect(asked({ logs: crashing, platform: missing('failed', 'x') })).toEqual([
      'Check again in a minute, or look there yourself: x could not be read.',
    ]);
    expect(asked({ logs: gone, database: down, network: missing('denied', 'compute.routes.list on p: 403') })).toEqual([
      'Give runmedic the right to call compute.routes.list on p and check again, or look there yourself.',
    ]);
  });

  it('names what rules could not tell from all that they saw', () => {
    const unread = 'compute.networks.get on p: 403';
    const ways = observed({
      ways: [way('backend', { unread, network: undefined, connector: CONNECTOR })],
      networks: [],
    });
    expect(asked({ logs: gone, database: down, network: ways })).toContainEqual(
      expect.stringMatching(/^Rule out "Firewall blocks the way" yourself: the network of backend is not known/),
    );
  });
});

it('says first what rules ask for', () => {
  const late = observed({
    connectors: [connector({ throughputMbps: [] }), connector({ throughputMbps: points([60]) })],
  });
  expect(asked({ 'vpc-connector': late })[0]).toMatch(/^Look again in four minutes/);
});
