import { instant } from '../../ports/clock.ts';
import type { Revision } from '../../ports/cloud.ts';
import { toCondition } from './map-condition.ts';
import { toTemplate } from './map-template.ts';
import { nameOf } from './name-of.ts';
import { fields, list, moment, shortName, text } from './values.ts';

/** google.cloud.run.v2.Revision. @throws PlatformFailure for what has no name. */
export function toRevision(api: unknown): Revision {
  const revision = fields(api);
  const name = nameOf(revision, 'a revision');
  return {
    name,
    shortName: shortName(name),
    createdAt: moment(revision['createTime']) ?? instant(0),
    createdBy: text(revision['creator']),
    // A revision has no terminal condition, but a list in which one is called Ready.
    ready: toCondition(list(revision['conditions']).find((condition) => fields(condition)['type'] === 'Ready')),
    template: toTemplate(revision),
  };
}
