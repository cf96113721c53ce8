import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { countOf, eachService } from './deploys.ts';
import { type Conclusion, type Expectation, rule, type Seen } from './rule.ts';
import { whoChanged } from './who-changed.ts';

/**
 * Someone set a service to a fixed number of instances, and the number is zero: nothing runs, and nothing is started for requests.
 * Sees the scaling mode, requests that reached no container, and who changed it where the audit log says so.
 * Silent while Cloud Run scales by itself: then zero instances are what an idle service has.
 */
export const scaledToZero = rule({
  layer: 'configuration',
  title: 'Scaled to zero',
  needs: ['cloud-run'],
  considers: ['logs', 'changes'],
  explains: [
    'instance-ceiling-reached',
    'release-broken',
    'configuration-broken',
    'crash-after-ready',
    'traffic-surge',
    'traffic-pinned',
    'health-check-too-strict',
  ],
  diagnose: (seen) => eachService(seen['cloud-run'].services, (service) => judge(service, seen)),
});

function judge(service: ServiceObservation, { logs, changes }: Seen<'cloud-run', 'logs' | 'changes'>): Conclusion {
  const { name, shortName, instancesByHand } = service;
  if (instancesByHand !== 0)
    return {
      kind: 'ruled-out',
      reason:
        instancesByHand === undefined ? 'Cloud Run scales it by itself' : `it is set to ${instancesByHand} instances`,
    };
  const { text, seen } = turnedAway(shortName, logs);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} is set by hand to 0 instances: ${text}.`,
    confidence: 'certain',
    evidence: [
      { text: 'Scaling is manual, with an instance count of 0.', url: servicePage(name, 'revisions') },
      ...whoChanged(changes, (change) => change.thing === 'service' && change.name === shortName),
    ],
    expects: [{ text: 'requests reach no container', seen }],
    services: [shortName],
  };
}

/** What the request log says of it; where it cannot be seen, what is bound to follow. */
function turnedAway(
  service: string,
  logs: LogsObservation | undefined,
): { readonly text: string; readonly seen: Expectation['seen'] } {
  if (logs === undefined) return { text: 'no request reaches a container', seen: 'unknown' };
  const count = countOf(logs.failed.filter((one) => one.service === service && !one.reachedContainer));
  const many = counted({ count, noun: 'request', from: 'requests' }, logs);
  return { text: `${many} reached no container`, seen: count > 0 ? 'yes' : 'no' };
}
