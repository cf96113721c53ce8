import type { Approvers, Environment, Policy } from './policy.ts';

/** What is allowed and may still surprise, one sentence each. */
export const warningsOf = (policy: Policy): readonly string[] => policy.environments.flatMap(environmentWarnings);

function environmentWarnings({
  name,
  approvers,
  bounds,
  checks,
  databases,
  probes,
  paused,
}: Environment): readonly string[] {
  const closedActions = Object.entries(approvers.byAction).filter(([, people]) => isNobody(people));
  return [
    ...(isNobody(approvers)
      ? [`${name}: approvers names nobody, so nobody may approve; runmedic diagnoses and escalates only.`]
      : []),
    ...closedActions.map(([action]) => `${name}: approvers.byAction.${action} names nobody, so nobody may approve it.`),
    ...(bounds.actions.length === 0 ? [`${name}: bounds.actions is empty, so no change is ever offered.`] : []),
    ...(checks.length === 0
      ? [`${name}: no checks, so recovery is judged by Google Cloud's own readings and not from outside.`]
      : []),
    ...(probes.length === 0 && checks.some(({ vantage }) => vantage === 'vpc')
      ? [
          `${name}: some checks are from vantage vpc, and no probe stands there; recovery stays unproven and is handed to people.`,
        ]
      : []),
    ...(checks.some(({ vantage, kind }) => vantage === 'vpc' && kind !== 'http')
      ? [
          `${name}: some checks from vantage vpc are not of kind http, the only one that a probe makes; they stay unavailable.`,
        ]
      : []),
    ...(probes.length === 0 && databases.some(({ address }) => address !== undefined)
      ? [`${name}: some databases have an address, and no probe stands in the VPC to look at them.`]
      : []),
    ...(checks.some(({ auth }) => auth.kind === 'header')
      ? [
          `${name}: some checks have auth header, which cannot be used yet: no source of secrets is connected; they stay unavailable.`,
        ]
      : []),
    ...(paused ? [`${name}: paused, so its alerts are recorded and otherwise ignored.`] : []),
  ];
}

const isNobody = ({ users, usergroups }: Approvers): boolean => users.length === 0 && usergroups.length === 0;
