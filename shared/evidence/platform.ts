import type { Billing, CloudIncident } from '../ports/platform.ts';
import type { Inspector } from './inspector.ts';
import { type OptionalPart, optionalPart } from './optional-part.ts';
import { type QuotaUse, quotaUse } from './quota-use.ts';
import { redact } from './redact.ts';

export interface PlatformObservation {
  /** Those that refused something, or of which most is used; the fullest first. */
  readonly quotas: OptionalPart<readonly QuotaUse[]>;
  readonly billing: OptionalPart<Billing>;
  /** Google Cloud's own incidents that are active now, those of this region and of the whole world first. */
  readonly incidents: OptionalPart<readonly CloudIncident[]>;
}

/** More than this many at once would not be read by anyone. */
const INCIDENTS_MAX = 10;

/**
 * Sees the ground that services stand on: quotas that are used up or refuse, whether the project is paid for, and Google Cloud's own incidents.
 * API: Monitoring v3 timeSeries.list; Cloud Billing v1 projects.getBillingInfo; Service Health v1 projects.locations.events.list. Permissions: monitoring.timeSeries.list, resourcemanager.projects.get, servicehealth.events.list.
 * Silent about quotas of the last 150 s (Google's metric list), about spend caps, and about incidents where the project has not switched Service Health on.
 */
export const platform: Inspector<PlatformObservation> = {
  deadlineMs: 10_000,
  permissions: ['monitoring.timeSeries.list', 'resourcemanager.projects.get', 'servicehealth.events.list'],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const { project, region } = environment;
    const [quotas, billing, incidents] = await Promise.all([
      optionalPart(() => quotaUse(inspection, abort), abort),
      optionalPart(() => cloud.billing(project, abort), abort),
      optionalPart(async () => kept(await cloud.cloudIncidents(project, abort), region), abort),
    ]);
    return { quotas, billing, incidents };
  },
};

const kept = (found: readonly CloudIncident[], region: string): readonly CloudIncident[] =>
  found
    .toSorted((a, b) => Number(isHere(b, region)) - Number(isHere(a, region)))
    .slice(0, INCIDENTS_MAX)
    .map(({ title, workaround, ...rest }) => ({
      ...rest,
      title: redact(title),
      workaround: workaround === undefined ? undefined : redact(workaround),
    }));

/** A zone belongs to its region, and what is global is everywhere. */
export const isHere = ({ impacts }: CloudIncident, region: string): boolean =>
  impacts.some(({ location }) => location === region || location === 'global' || location.startsWith(`${region}-`));
