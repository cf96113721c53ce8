import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action, Prospect } from './action.ts';
import type { PlanStep } from './actions.ts';
import {
  byNewRevision,
  NEW_REVISION_SECONDS,
  type Or,
  type Pinned,
  REPLACES_INSTANCES,
  refused,
} from './new-revision.ts';
import { inTemplate, ofService } from './permanence.ts';
import { type Access, accessOf, vpcAccessChange } from './vpc-access-change.ts';

/**
 * Sends a service through another connector, which a step before it has made.
 * API: Cloud Run Admin v2 services.patch (template.vpcAccess, with template.revision cleared; etag).
 * Silent (refuses) by itself: it only ever follows on a new connector.
 */
export const moveToConnector: Action<Pinned<Access>, 'cloud-run', 'metrics' | 'logs' | 'database'> = {
  ...byNewRevision<Access>({
    title: 'Move a service to another connector',
    answers: [],
    base: 'what-serves',
    cost: 'none',
    ownOf: accessOf,
    decide: () => refused('it only follows on a new connector'),
    outOfLimits: ({ after: { vpcAccess }, present }) => {
      if (vpcAccess.kind !== 'connector' || present.vpcAccess.kind !== 'connector')
        return 'a service is only moved from one connector to another';
      return vpcAccess.egress === present.vpcAccess.egress
        ? undefined
        : 'what a service sends through it stays the same';
    },
  }),
  terms: { risk: ['medium'], undo: 'in-part', cost: 'none' },
};

/** The step that moves one service. @param connector full name of the new one. */
export function moveStep(
  service: ServiceObservation,
  connector: string,
  undo: Prospect['undo'],
): Or<{ readonly step: PlanStep }> {
  const { shortName, template } = service;
  const { vpcAccess } = template;
  if (vpcAccess.kind !== 'connector') return refused(`${shortName} sends through no connector any more`);
  const moved = vpcAccessChange(service, { ...vpcAccess, connector });
  if (moved.kind === 'refused') return moved;
  const { id } = parseName(connector);
  return {
    kind: 'found',
    step: {
      action: 'move-to-connector',
      ...moved.change,
      prospect: {
        fit: 'mends',
        risk: 'medium',
        summary: {
          title: `Move ${shortName} to connector ${id}`,
          before: `through ${parseName(vpcAccess.connector).id}`,
          after: `through ${id}`,
        },
        expectedEffect: `${shortName} reaches its network again, with instances of a new revision`,
        expectedSeconds: NEW_REVISION_SECONDS,
        whatCouldGoWrong: REPLACES_INSTANCES,
        costUsdPerMonth: 0,
        undo,
        permanent: ofService(
          service.name,
          `--vpc-connector=${connector}`,
          inTemplate(`vpc_access {\n  connector = "${connector}"\n}`),
        ),
      },
    },
  };
}
