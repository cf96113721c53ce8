import { beganWith, failuresOf, lastGoodBefore, type SeenOfRevisions, shareOf } from '../diagnosis/revisions.ts';
import type { Cause } from '../diagnosis/rule.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { secretNames } from '../evidence/secret-states.ts';
import type { Revision } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';

/** Where traffic is better off, or why it is not. */
export type TrafficTarget =
  | { readonly kind: 'back' | 'forward'; readonly to: Revision; readonly from: Revision }
  | { readonly kind: 'nowhere'; readonly reason: string };

const FOUND_BY_ONSET: readonly string[] = ['release-broken', 'configuration-broken'];

const nowhere = (reason: string): TrafficTarget => ({ kind: 'nowhere', reason });

/** Back to the last good revision where the newest broke it; forward to the newest where an older one is pinned. */
export function trafficTarget(
  { rule }: Pick<Cause, 'rule'>,
  service: ServiceObservation,
  newest: Revision,
  seen: SeenOfRevisions,
): TrafficTarget {
  const { shortName } = service;
  if (rule === 'traffic-pinned') return forward(service, newest);
  if (shareOf(service, newest.shortName) === 0)
    return nowhere(`${newest.shortName}, the newest of ${shortName}, takes no traffic to be shifted away`);
  // That a release broke, or its settings, is found by when it began to fail; what else is found may have come with no deploy at all.
  const { firstAt } = failuresOf(newest.shortName, shortName, seen.logs);
  if (!FOUND_BY_ONSET.includes(rule) && (firstAt === undefined || !beganWith(newest, firstAt)))
    return nowhere(
      `${newest.shortName} did not begin to fail with its deploy: an earlier revision would fare no better`,
    );
  const to = lastGoodBefore(service, newest, seen);
  if (to === undefined) return nowhere(`${shortName} has no earlier revision that is ready and did not fail too`);
  if (rule === 'egress-misrouted' && wayOf(to) === wayOf(newest))
    return nowhere(`${to.shortName} takes the same way out as ${newest.shortName}`);
  return refersToUnusable(service, to)
    ? nowhere(`${to.shortName} refers to a secret that cannot be had either`)
    : { kind: 'back', to, from: newest };
}

const wayOf = ({ template: { vpcAccess } }: Revision): string => JSON.stringify(vpcAccess);

function forward(service: ServiceObservation, newest: Revision): TrafficTarget {
  const to = service.revisions.find(({ ready }) => ready.state === 'succeeded');
  const from = service.revisions.find(({ shortName }) => shareOf(service, shortName) > 0) ?? newest;
  return to === undefined || shareOf(service, to.shortName) > 0
    ? nowhere(`${service.shortName} has no newer revision that is ready`)
    : { kind: 'forward', to, from };
}

/** `unknown` is no reason to keep a revision that fails. */
function refersToUnusable({ name, secrets }: ServiceObservation, { template }: Revision): boolean {
  const names = secretNames(template, parseName(name).project);
  return secrets.some((one) => names.includes(one.name) && one.state !== 'enabled' && one.state !== 'unknown');
}
