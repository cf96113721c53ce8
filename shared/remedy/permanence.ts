import { parseName } from '../ports/resource-name.ts';

/** How the new state is written down, so that the next deployment from someone's code does not take it back. */
export interface Permanence {
  /** What has to come before, a sentence; left out where nothing has. */
  readonly first?: string;
  /** The commands that make or match the new state, one a line; empty where there are none. */
  readonly gcloud: string;
  /** The lines of the resource that match it, and no others; empty where Terraform has nothing of it. */
  readonly terraform: string;
}

/** Of one Cloud Run service. @param flags of `gcloud run services update`. @param block what stands in google_cloud_run_v2_service, two spaces in. */
export function ofService(service: string, flags: string, block: string): Permanence {
  const { id, project, region } = parseName(service);
  return {
    gcloud: `gcloud run services update ${id} --project=${project} --region=${region} ${flags}`,
    terraform: terraform('google_cloud_run_v2_service', id, block),
  };
}

/** One resource with the lines that matter; a name of Terraform's has no hyphens by custom. */
export const terraform = (type: string, id: string, block: string): string =>
  `resource "${type}" "${id.replaceAll('-', '_')}" {\n${indented(block, '  ')}\n}`;

export const indented = (block: string, by: string): string =>
  block
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');

/** What stands in the container that takes requests. */
export const inContainer = (block: string): string => `template {\n  containers {\n${indented(block, '    ')}\n  }\n}`;

export const inTemplate = (block: string): string => `template {\n${indented(block, '  ')}\n}`;
