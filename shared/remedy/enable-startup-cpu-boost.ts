import type { Template } from '../ports/cloud.ts';
import type { Action } from './action.ts';
import { byNewRevision, NEW_REVISION_SECONDS, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inContainer } from './permanence.ts';

interface Boost {
  readonly startupCpuBoost: boolean;
}

/**
 * Gives containers more CPU while they start: up to twice as much. Source: Startup CPU boost, services (a stored copy read 2026-11-30).
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where it is on already.
 */
export const enableStartupCpuBoost: Action<
  Pinned<Boost>,
  'cloud-run',
  'metrics' | 'logs' | 'database'
> = byNewRevision<Boost>({
  title: 'Enable the startup CPU boost',
  answers: ['startup-slower-than-probe'],
  base: 'what-was-deployed',
  cost: 'none',
  ownOf: ({ containers: [serving] }: Template) => ({ startupCpuBoost: serving?.startupCpuBoost ?? false }),
  decide: ({ service: { shortName }, containers: [serving] }) =>
    serving.startupCpuBoost
      ? refused(`the startup CPU boost of ${shortName} is on already`)
      : {
          kind: 'found',
          after: { startupCpuBoost: true },
          told: {
            // How much of a start is computing is not known.
            fit: 'relieves',
            summary: {
              title: `Enable the startup CPU boost of ${shortName}`,
              before: 'no boost',
              after: 'up to twice the CPU while it starts',
            },
            expectedEffect: 'starts that compute are up to twice as fast',
            expectedSeconds: NEW_REVISION_SECONDS,
            whatCouldGoWrong: `${REPLACES_INSTANCES} Starts that wait for something else are no faster.`,
            costUsdPerMonth: 0,
          },
          flags: '--cpu-boost',
          block: inContainer('resources {\n  startup_cpu_boost = true\n}'),
        },
  outOfLimits: () => undefined,
});
