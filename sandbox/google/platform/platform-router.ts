import { Router } from 'express';
import type { CloudIncidentState } from '../../world/platform/platform-state.ts';
import type { WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument } from '../api-error.ts';
import { page } from '../page.ts';

const PAGE_SIZES = { usual: 50, max: 100 };

/** Cloud Billing v1 projects.getBillingInfo and Service Health v1 projects.locations.events.list. */
export function platformRouter({ state }: World): Router {
  const router = Router();
  const { project, platform } = state.scenario.estate;
  router.get('/v1/projects/:project/billingInfo', (_request, response) => {
    const { enabled } = state.platform.billing;
    // What is false or empty is left out, as in all of Google's JSON.
    response.json({
      name: `projects/${project}/billingInfo`,
      projectId: project,
      ...(enabled && { billingAccountName: platform.billingAccount, billingEnabled: true }),
    });
  });
  router.get('/v1/projects/:project/locations/:location/events', (request, response) => {
    if (request.params.location !== 'global') throw invalidArgument('Events are in the location "global".');
    const passes = eventFilter(request.query['filter']);
    const all = state.platform.incidents.filter((one) => isAnnounced(state, one)).map((one) => eventView(state, one));
    const { pageSize, pageToken } = request.query;
    const { items, ...rest } = page(all.filter(passes), { pageSize, pageToken }, PAGE_SIZES);
    response.json({ ...(items.length > 0 && { events: items }), ...rest });
  });
  return router;
}

const isAnnounced = ({ nowMs }: WorldState, { startedMs, cause }: CloudIncidentState): boolean =>
  nowMs >= startedMs + cause.announcedAfterSeconds * 1000;

/** google.cloud.servicehealth.v1.Event in JSON. Source: google/cloud/servicehealth/v1/event_resources.proto, read 2026-11-25. */
function eventView(state: WorldState, { id, cause, startedMs, endedMs }: CloudIncidentState): Record<string, unknown> {
  const time = (ms: number) => new Date(ms).toISOString();
  const announced = time(startedMs + cause.announcedAfterSeconds * 1000);
  return {
    name: `projects/${state.scenario.estate.project}/locations/global/events/${id}`,
    title: cause.title,
    description: cause.title,
    category: 'INCIDENT',
    detailedCategory: 'CONFIRMED_INCIDENT',
    state: endedMs === undefined ? 'ACTIVE' : 'CLOSED',
    detailedState: endedMs === undefined ? 'CONFIRMED' : 'RESOLVED',
    eventImpacts: cause.impacts.map(({ product, location }) => ({
      product: { productName: product },
      location: { locationName: location },
    })),
    relevance: cause.relevance,
    updates: [
      {
        updateTime: announced,
        title: cause.title,
        ...(cause.workaround !== undefined && { workaround: cause.workaround }),
      },
    ],
    updateTime: announced,
    startTime: time(startedMs),
    ...(endedMs !== undefined && { endTime: time(endedMs) }),
  };
}

/** `field=VALUE` joined by AND: category and state, which is what the list can be narrowed by here. */
function eventFilter(filter: unknown): (event: Record<string, unknown>) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const wanted = String(filter)
    .split(' AND ')
    .map((part) => /^(category|state)\s*=\s*"?([A-Z_]+)"?$/.exec(part.trim()));
  if (wanted.includes(null)) throw invalidArgument(`Invalid filter: ${String(filter)}`);
  return (event) => wanted.every((match) => event[match?.[1] ?? ''] === match?.[2]);
}
