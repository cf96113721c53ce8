import { describe, expect, it } from 'vitest';
import { websocketCutByTimeout } from '../../shared/diagnosis/websocket-cut-by-timeout.ts';
import type { SignatureCount } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import { at, context, line, logs, points, service, serviceMetrics } from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const NEAR_TIMEOUT_RATIO = 0.6;

const recent = (...values: readonly number[]) => points(values, at(-120));
const cut = (count: number) => line('backend', 'response-truncated', count);
const see = (signatures: readonly SignatureCount[], over?: Partial<ServiceMetrics>) =>
  websocketCutByTimeout.diagnose(
    {
      'cloud-run': { services: [service('backend')] },
      logs: logs({ signatures }),
      ...(over === undefined ? {} : { metrics: { services: [serviceMetrics('backend', over)] } }),
    },
    context,
  );

describe('websocket-cut-by-timeout', () => {
  it('says after how long', () =>
    expect(see([cut(40)], { webSocketP95Ms: recent(300_000, 300_000), webSockets: recent(12, 14) })).toMatchObject([
      {
        kind: 'cause',
        claim: 'backend cuts connections after 300 s, its request timeout: 40 were open when they ended.',
        confidence: 'certain',
        evidence: [
          {},
          {
            text: 'WebSockets that ended in the last minutes were open for up to 300 s (95th percentile), 26 of them.',
          },
        ],
        expects: [{ seen: 'yes' }],
        services: ['backend'],
      },
    ]));

  it.each([
    [5, 'cause'],
    [4, 'ruled-out'],
    [0, 'ruled-out'],
  ])('%i of them', (count, kind) => expect(see([cut(count)])).toMatchObject([{ kind }]));

  it.each([
    [5, 'ruled-out'],
    [4, 'cause'],
  ])('with %i containers that ended', (count, kind) =>
    expect(see([cut(40), line('backend', 'container-exited', count)])).toMatchObject([{ kind }]),
  );

  it.each([
    ['as long as the timeout, near enough', 300_000 * NEAR_TIMEOUT_RATIO, 'yes'],
    ['not so long', 300_000 * NEAR_TIMEOUT_RATIO - 1, 'no'],
  ])('that lasted %s', (_, ms, seen) =>
    expect(see([cut(40)], { webSocketP95Ms: recent(ms), webSockets: [] })).toMatchObject([{ expects: [{ seen }] }]),
  );

  it('does not know how long they lasted where they were no WebSockets, or metrics are out of reach', () => {
    expect(see([cut(40)], {})).toMatchObject([{ evidence: [{}], expects: [{ seen: 'unknown' }] }]);
    expect(see([cut(40)])).toMatchObject([{ expects: [{ seen: 'unknown' }] }]);
  });

  it('has nothing to judge', () =>
    expect(websocketCutByTimeout.diagnose({ 'cloud-run': { services: [] }, logs: logs() }, context)).toEqual([
      { kind: 'ruled-out', reason: 'no connection was cut while it was open' },
    ]));
});
