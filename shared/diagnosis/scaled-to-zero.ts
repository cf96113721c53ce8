import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { countOf } from './deploys.ts';
import { type Conclusion, reasonsOf, rule, type Seen, standing } from './rule.ts';
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
  diagnose: (seen) => {
    const judged = seen['cloud-run'].services.map((service) => judge(service, seen));
    return standing(judged, reasonsOf(judged) || 'no service is watched');
  },
});

function judge(service: ServiceObservation, { logs, changes }: Seen<'cloud-run', 'logs' | 'changes'>): Conclusion {
  const { name, shortName, instancesByHand } = service;
  if (instancesByHand !== 0)
    return {
      kind: 'ruled-out',
      reason: `${shortName}: ${instancesByHand === undefined ? 'Cloud Run scales it by itself' : `it is set to ${instancesByHand} instances`}`,
    };
  const refused = logs?.failed.filter((one) => one.service === shortName && !one.reachedContainer);
  const count = refused && countOf(refused);
  const many = logs && counted({ count: count ?? 0, noun: 'request', from: 'requests' }, logs);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} is set by hand to 0 instances: ${many === undefined ? 'no request reaches a container' : `${many} reached no container`}.`,
    confidence: 'certain',
    evidence: [
      { text: 'Scaling is manual, with an instance count of 0.', url: servicePage(name, 'revisions') },
      ...whoChanged(changes, (change) => change.thing === 'service' && change.name === shortName),
    ],
    expects: [
      { text: 'requests reach no container', seen: count === undefined ? 'unknown' : count > 0 ? 'yes' : 'no' },
    ],
    services: [shortName],
  };
}
