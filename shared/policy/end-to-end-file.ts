import type { z } from 'zod';
import { END_TO_END_TIMEOUT_SECONDS } from './defaults.ts';
import type { EndToEnd } from './policy.ts';
import {
  buildLocation,
  buildTrigger,
  duration,
  durationText,
  gitRef,
  projectId,
  repositoryName,
  section,
  workflowName,
} from './values.ts';

/** A job of GitHub Actions ends after six hours at the latest (docs.github.com, Actions limits, read 2026-12-01). */
const TIMEOUT_SECONDS_MAX = 6 * 3600;

const ONE_PLACE = 'either github or cloudBuild: one place where the tests run';

export const endToEndFile = section({
  github: section({
    repository: repositoryName.describe('Owner and name.'),
    workflow: workflowName.describe('The file name of a workflow that has workflow_dispatch, or its number.'),
    ref: gitRef.describe('The branch or tag that it is run on.'),
  })
    .optional()
    .describe('A workflow of GitHub Actions.'),
  cloudBuild: section({
    trigger: buildTrigger.describe('Its name or id. It must be one that can be run by hand, without a revision.'),
    region: buildLocation.describe('Where the trigger is; global for one that has no region.'),
    project: projectId
      .optional()
      .describe(
        "Better one of the tests' own: who may run a trigger may start any build there. Left out: the watched one.",
      ),
  })
    .optional()
    .describe('A trigger of Cloud Build.'),
  timeout: duration({ minSeconds: 60, maxSeconds: TIMEOUT_SECONDS_MAX })
    .optional()
    .meta({ description: 'How long they may take.', default: durationText(END_TO_END_TIMEOUT_SECONDS) }),
}).refine(({ github, cloudBuild }) => (github === undefined) !== (cloudBuild === undefined), { error: ONE_PLACE });

export type EndToEndFile = z.output<typeof endToEndFile>;

/** @param project the watched one. */
export function completeEndToEnd({ github, cloudBuild, timeout }: EndToEndFile, project: string): EndToEnd | undefined {
  const timeoutSeconds = timeout ?? END_TO_END_TIMEOUT_SECONDS;
  if (github !== undefined) return { kind: 'github', ...github, timeoutSeconds };
  return cloudBuild && { kind: 'cloud-build', ...cloudBuild, project: cloudBuild.project ?? project, timeoutSeconds };
}
