import type { ChangesObservation } from '../evidence/changes.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { ConnectorObservation } from '../evidence/vpc-connector.ts';
import { parseName } from '../ports/resource-name.ts';
import { LOST_MIN } from './broken-ways.ts';
import { connectorPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT } from './cut-off.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';
import { whatWasDone } from './who-changed.ts';

/** States in which a connector carries nothing, or soon will not. "ERROR: manual deletion recommended", vpc_access.proto. */
const BROKEN: Readonly<Partial<Record<ConnectorObservation['state'], string>>> = {
  error: 'is in state ERROR',
  deleting: 'is being deleted',
};

/**
 * A VPC connector is in state ERROR, or being deleted: nothing passes it, and no update mends it.
 * Sees the connector's state, and connections through it that time out. Silent about a connector that is updating: that is a change under way; and about one that is being created, until that has ended.
 */
export const connectorInError = rule({
  layer: 'infrastructure',
  title: 'VPC connector in error',
  needs: ['vpc-connector'],
  considers: ['logs', 'changes'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ 'vpc-connector': { connectors }, logs, changes }, context) => {
    const judged = connectors.map((connector) => judge(connector, { logs, changes }, context));
    return standingOfEach(judged, 'no connector was seen');
  },
});

function judge(
  connector: ConnectorObservation,
  { logs, changes }: { readonly logs: LogsObservation | undefined; readonly changes: ChangesObservation | undefined },
  context: Context,
): Conclusion {
  const { id } = parseName(connector.name);
  const { state } = connector;
  const users = connector.services.map(({ service }) => service);
  if (state === 'creating' && logs !== undefined && users.some((service) => fails(service, logs, context)))
    return {
      kind: 'inconclusive',
      reason: `${id} is being created, and nothing passes it until that has ended`,
      settles: 'soon',
      about: { target: connector.name, services: users },
    };
  const broken = BROKEN[state];
  if (broken === undefined) return { kind: 'ruled-out', reason: `${id} is ${state}` };
  if (users.length === 0)
    return { kind: 'ruled-out', reason: `${id} ${broken}, and no watched service sends through it` };
  const counts =
    logs === undefined ? [] : users.map((service) => ({ service, count: timeoutsOf(service, logs, context) }));
  const timeouts = counts.reduce((sum, { count }) => sum + count, 0);
  const lost = counts.filter(({ count }) => count >= LOST_MIN);
  const failing =
    logs === undefined
      ? users
      : users.filter((service) => lost.some((one) => one.service === service) || fails(service, logs, context));
  const url = connectorPage(connector.name);
  return {
    kind: 'cause',
    target: connector.name,
    claim: `VPC connector ${id} ${broken}: ${users.length} services send through it${timeouts === 0 ? '' : `, and ${timeouts} of their connections timed out`}.`,
    confidence: 'certain',
    evidence: [
      { text: `Connector ${id} ${broken}; Google recommends to delete it by hand and to make a new one.`, url },
      ...whatWasDone(changes, connector.name),
      { text: `Sends through it: ${users.join(', ')}.`, url },
      ...lost.map(({ service, count }) => ({ text: `${service}: ${count} connections timed out.` })),
    ],
    expects: [
      {
        text: 'connections through it time out',
        seen: logs === undefined ? 'unknown' : lost.length > 0 ? 'yes' : 'no',
      },
    ],
    services: failing.length > 0 ? failing : users,
    // Whoever is served holds connections from before, or needs none.
    ...(failing.length === 0 && { harm: 'soon' as const }),
  };
}

const timeoutsOf = (service: string, { signatures }: LogsObservation, context: Context): number =>
  signatures
    .filter(
      (line) =>
        line.service === service &&
        ['private-connection-timed-out', 'no-route'].includes(line.signature) &&
        isRecent(line.lastAt, context),
    )
    .reduce((sum, { count }) => sum + count, 0);

const fails = (service: string, { failed }: LogsObservation, context: Context): boolean =>
  failed
    .filter((one) => one.service === service && isRecent(one.lastAt, context))
    .reduce((sum, { count }) => sum + count, 0) >= FAILED_REQUESTS_MIN;
