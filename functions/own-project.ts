import type { Policy } from '../shared/policy/policy.ts';

export type WithOwnProject =
  | { readonly policy: Policy; readonly faults: readonly [] }
  | { readonly policy: undefined; readonly faults: readonly string[] };

/**
 * The project that runmedic runs in is never a target. Its queue is there too, so that it is known where the file does not say it; said twice, it must
 * be the same.
 */
export function withOwnProject(policy: Policy, queueProject: string | undefined): WithOwnProject {
  if (queueProject === undefined) return { policy, faults: [] };
  const own = policy.ownProject ?? queueProject;
  const inOwn = policy.environments.filter(({ project }) => project === queueProject);
  const faults = [
    ...(own === queueProject
      ? []
      : [
          `ownProject: found "${own}", while RUNMEDIC_PUBSUB_PROJECT is "${queueProject}": runmedic runs in one project`,
        ]),
    ...inOwn.map(
      ({ name }) =>
        `environments.${name}.project: found "${queueProject}", which is RUNMEDIC_PUBSUB_PROJECT: runmedic never changes what it runs on`,
    ),
  ];
  return faults.length > 0 ? { policy: undefined, faults } : { policy: { ...policy, ownProject: own }, faults: [] };
}
