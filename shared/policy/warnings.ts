import type { Approvers, Environment, Policy } from './policy.ts';

/** What is allowed and may still surprise, one sentence each. `actionIds`: the actions that exist; left out, only those that the file names are known. */
export const warningsOf = (policy: Policy, actionIds?: readonly string[]): readonly string[] =>
  policy.environments.flatMap((environment) => environmentWarnings(environment, actionIds));

function environmentWarnings(environment: Environment, actionIds: readonly string[] | undefined): readonly string[] {
  const { name, bounds, checks, databases, probes, endToEnd, paused, observe } = environment;
  return [
    ...approverWarnings(environment, actionIds),
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
    ...(observe === undefined ? [] : [`${name}: ${observe} is true, so plans are shown and none is offered.`]),
    ...(endToEnd?.kind === 'cloud-build' && endToEnd.project === environment.project
      ? [
          `${name}: endToEnd.cloudBuild runs in the watched project, where whoever may run its trigger may start any build; give the tests a project of their own.`,
        ]
      : []),
    ...(paused ? [`${name}: paused, so its alerts are recorded and otherwise ignored.`] : []),
  ];
}

/** Nobody for anything, or which of the actions that may be offered nobody may approve. */
function approverWarnings(
  { name, approvers, bounds }: Environment,
  actionIds: readonly string[] | undefined,
): readonly string[] {
  const { byAction } = approvers;
  if ([approvers, ...Object.values(byAction)].every(isNobody))
    return [`${name}: approvers names nobody, so nobody may approve; runmedic diagnoses and escalates only.`];
  const closed = (actionIds ?? Object.keys(byAction)).filter(
    (action) =>
      isNobody(byAction[action] ?? approvers) && (bounds.actions === 'all' || bounds.actions.includes(action)),
  );
  if (closed.length === 0) return [];
  return [`${name}: approvers names nobody for ${closed.join(', ')}, so no such change can be approved.`];
}

const isNobody = ({ users, usergroups }: Approvers): boolean => users.length === 0 && usergroups.length === 0;
