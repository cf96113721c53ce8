import type { Billing, CloudIncident, PlatformReader } from '../../ports/platform.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { ReadContext } from './read-context.ts';
import { readPages } from './read-pages.ts';
import { fields, list, moment, text } from './values.ts';

/** The most that one page holds: google/cloud/servicehealth/v1/event_resources.proto, read 2026-11-25. */
const EVENTS_PER_PAGE = 100;
/** More than this is no list of incidents any more. */
const EVENTS_PAGES_MAX = 3;

/** Cloud Billing v1 projects.getBillingInfo and Service Health v1 projects.locations.events.list, by REST. */
export const platformReader = ({ rest, read }: ReadContext): PlatformReader => ({
  billing: (project, abort) =>
    // Whoever may see the project may see this: cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo, read 2026-11-25.
    read('resourcemanager.projects.get', `projects/${project}`, abort, async () =>
      toBilling(await rest({ api: 'cloudbilling', method: 'GET', path: `v1/projects/${project}/billingInfo` })),
    ),

  cloudIncidents: (project, abort) => {
    const parent = `projects/${project}/locations/global`;
    return read('servicehealth.events.list', parent, abort, async () => {
      const { items, more } = await readPages({ pagesMax: EVENTS_PAGES_MAX }, async (pageToken) => {
        const query = {
          filter: 'category=INCIDENT AND state=ACTIVE',
          pageSize: String(EVENTS_PER_PAGE),
          ...(pageToken === undefined ? {} : { pageToken }),
        };
        const page = fields(await rest({ api: 'servicehealth', method: 'GET', path: `v1/${parent}/events`, query }));
        return { items: list(page['events']), nextPageToken: text(page['nextPageToken']) };
      });
      if (more)
        throw new PlatformFailure('unknown', `servicehealth.events.list on ${parent}: more than can be looked at`);
      return items.map(toCloudIncident);
    });
  },
});

/** REST leaves out what is false. */
function toBilling(raw: unknown): Billing {
  const { billingEnabled, billingAccountName } = fields(raw);
  return { enabled: billingEnabled === true, account: text(billingAccountName) };
}

const RELEVANCE: Readonly<Record<string, CloudIncident['relevance']>> = {
  IMPACTED: 'impacted',
  RELATED: 'related',
  PARTIALLY_RELATED: 'partially-related',
  NOT_IMPACTED: 'not-impacted',
};
const DETAILED: Readonly<Record<string, CloudIncident['detailedState']>> = {
  EMERGING: 'emerging',
  CONFIRMED: 'confirmed',
};

function toCloudIncident(raw: unknown): CloudIncident {
  const event = fields(raw);
  const updates = list(event['updates']).map(fields);
  const newest = updates.toSorted((a, b) =>
    (moment(a['updateTime']) ?? '') < (moment(b['updateTime']) ?? '') ? 1 : -1,
  )[0];
  return {
    name: text(event['name']) ?? '',
    title: text(event['title']) ?? 'without a title',
    detailedState: DETAILED[text(event['detailedState']) ?? ''] ?? 'other',
    relevance: RELEVANCE[text(event['relevance']) ?? ''] ?? 'unknown',
    impacts: list(event['eventImpacts']).map((impact) => ({
      product: text(fields(fields(impact)['product'])['productName']) ?? '',
      location: text(fields(fields(impact)['location'])['locationName']) ?? '',
    })),
    startedAt: moment(event['startTime']),
    updatedAt: moment(event['updateTime']),
    workaround: text(newest?.['workaround']),
  };
}
