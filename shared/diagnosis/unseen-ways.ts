import type { NetworkObservation } from '../evidence/network.ts';
import { lastOf } from '../ports/resource-name.ts';
import type { Conclusion } from './rule.ts';

/**
 * The same, unless there are services whose network is not known, as their connector could not be read: then what was ruled out was ruled out about the
 * others alone, and that says nothing.
 */
export function unlessUnseen(concluded: readonly Conclusion[], { ways }: NetworkObservation): readonly Conclusion[] {
  const unseen = ways.flatMap(({ service, connector, unread }) =>
    connector === undefined || unread === undefined ? [] : [{ service, connector, unread }],
  );
  if (unseen.length === 0 || concluded.some(({ kind }) => kind !== 'ruled-out')) return concluded;
  return [...Map.groupBy(unseen, ({ connector }) => connector)].map(([target, users]): Conclusion => {
    const services = users.map(({ service }) => service);
    return {
      kind: 'inconclusive',
      reason: `the network of ${services.join(', ')} is not known, as connector ${lastOf(target)} could not be read: ${users[0]?.unread}`,
      settles: 'not-by-itself',
      about: { target, services },
    };
  });
}
