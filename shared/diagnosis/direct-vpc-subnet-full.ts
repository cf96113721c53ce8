import { sizeOf } from '../evidence/cidr.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import type { NetworkObservation } from '../evidence/network.ts';
import type { Subnetwork } from '../ports/network.ts';
import { subnetworkPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT } from './cut-off.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { slowness } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** "Reserves IP addresses in blocks of 16", about twice as many as instances. Source: Direct VPC egress (facts, 2026-11-23). */
const BLOCK = 16;
const PER_INSTANCE = 2;
/** Google keeps four addresses of every subnetwork: VPC, subnets (read 2026-11-23). */
const KEPT = 4;
/** From here on one deploy, which runs two revisions at once, may not fit. Our own choice. */
const NEARLY_FULL_RATIO = 0.9;

/**
 * The subnetwork of Direct VPC egress has no addresses left: new instances cannot start, and those that run go on.
 * Sees Cloud Run's own line that says so, and instances against the addresses of the subnetwork. Silent where no service uses Direct VPC egress, and
 * about addresses that machines and load balancers take.
 */
export const directVpcSubnetFull = rule({
  layer: 'infrastructure',
  title: 'Direct VPC subnet full',
  needs: ['network', 'logs'],
  considers: ['metrics'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ network, logs, metrics }, context) => {
    const names = [...new Set(network.ways.flatMap(({ kind, subnetwork }) => (kind === 'direct' ? [subnetwork] : [])))];
    const judged = names.flatMap((name) => (name === undefined ? [] : [judge(name, network, logs, metrics, context)]));
    return standingOfEach(judged, 'no watched service uses Direct VPC egress');
  },
});

function judge(
  name: string,
  network: NetworkObservation,
  logs: LogsObservation,
  metrics: MetricsObservation | undefined,
  context: Context,
): Conclusion {
  const id = name.split('/').at(-1);
  const users = network.ways.filter(({ subnetwork }) => subnetwork === name).map(({ service }) => service);
  const lines = logs.signatures.filter(
    ({ signature, service, lastAt }) =>
      signature === 'subnetwork-full' && users.includes(service) && isRecent(lastAt, context),
  );
  const refused = lines.reduce((sum, { count }) => sum + count, 0);
  const own = network.networks.flatMap(({ subnetworks }) => subnetworks).find((one) => one.name === name);
  const running = metrics && instancesOf(users, metrics);
  const use = inUse(own, running);
  const url = subnetworkPage(name);
  const instances = running === undefined ? 'an unknown number of' : String(running);
  const size = own === undefined ? '' : ` (${own.ipCidrRange})`;
  const evidence = [
    {
      text: `${id}${size}: ${instances} instances of ${users.join(', ')}, which take about ${use?.taken ?? 'an unknown number'} of ${use?.room ?? 'its'} addresses.`,
      url,
    },
    ...lines.slice(0, 2).map(({ count, sample }) => ({ text: `${count} x "${sample}"` })),
  ];
  if (lines.length > 0) {
    const lacking = [...new Set(lines.map(({ service }) => service))];
    const harmed = lacking.filter((one) => isHarmed(one, logs, metrics, context));
    return {
      kind: 'cause',
      target: name,
      claim: `Subnetwork ${id}${size} has no addresses left: ${refused} instances of ${lacking.join(', ')} could not start.`,
      confidence: 'certain',
      evidence,
      // Others take addresses too, so that a low estimate speaks against nothing.
      expects: [
        {
          text: 'instances that fill it',
          seen: use !== undefined && use.ratio >= NEARLY_FULL_RATIO ? 'yes' : 'unknown',
        },
      ],
      services: harmed.length > 0 ? harmed : lacking,
      // Those that run go on, and may be enough for now.
      ...(harmed.length === 0 && { harm: 'soon' as const }),
    };
  }
  if (use === undefined) return unsized(name, users, own);
  if (use.ratio < NEARLY_FULL_RATIO)
    return { kind: 'ruled-out', reason: `${id}${size}: about ${use.taken} of ${use.room} addresses in use` };
  return {
    kind: 'cause',
    target: name,
    claim: `Subnetwork ${id}${size} is nearly full: ${instances} instances take about ${use.taken} of ${use.room} addresses.`,
    confidence: 'possible',
    evidence,
    expects: [{ text: 'instances that could not start', seen: 'no' }],
    services: users,
    harm: 'soon',
  };
}

/** Whether somebody feels it: requests fail, or wait. */
function isHarmed(
  name: string,
  { failed }: LogsObservation,
  metrics: MetricsObservation | undefined,
  context: Context,
): boolean {
  const own = metrics?.services.find(({ service }) => service === name);
  const count = failed
    .filter(({ service, lastAt }) => service === name && isRecent(lastAt, context))
    .reduce((sum, one) => sum + one.count, 0);
  return count >= FAILED_REQUESTS_MIN || (own !== undefined && slowness(own, context) !== undefined);
}

function unsized(name: string, services: readonly string[], own: Subnetwork | undefined): Conclusion {
  const why = own === undefined ? 'could not be read' : 'has instances that Monitoring has not counted';
  return {
    kind: 'inconclusive',
    reason: `${name.split('/').at(-1)} ${why}`,
    settles: own === undefined ? 'not-by-itself' : 'soon',
    about: { target: name, services },
  };
}

/** The newest count of each service, together; undefined where one of them has none. */
function instancesOf(users: readonly string[], { services }: MetricsObservation): number | undefined {
  let sum = 0;
  for (const user of users) {
    const newest = services.find(({ service }) => service === user)?.instances.at(-1)?.value;
    if (newest === undefined) return undefined;
    sum += newest;
  }
  return sum;
}

function inUse(own: Subnetwork | undefined, instances: number | undefined) {
  if (own === undefined || instances === undefined) return undefined;
  const room = Math.floor((sizeOf(own.ipCidrRange) - KEPT) / BLOCK) * BLOCK;
  const taken = Math.ceil((instances * PER_INSTANCE) / BLOCK) * BLOCK;
  return { room, taken, ratio: taken / Math.max(1, room) };
}
