import type { Approvers, Environment, Policy } from './policy.ts';

/** What is allowed and may still surprise, one sentence each. */
export const warningsOf = (policy: Policy): readonly string[] => policy.environments.flatMap(environmentWarnings);

function environmentWarnings({ name, approvers, bounds, checks, paused }: Environment): readonly string[] {
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
    ...(checks.some(({ vantage }) => vantage === 'vpc')
      ? [
          `${name}: some checks are from vantage vpc, which cannot be looked at yet; recovery stays unproven and is handed to people.`,
        ]
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
