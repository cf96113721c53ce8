import { Router } from 'express';
import { z } from 'zod';
import { type Filter, FilterError } from '../../world/filters/filter.ts';
import { parseFilter } from '../../world/filters/parse.ts';
import { type Cursor, queryLogs } from '../../world/logging/query-logs.ts';
import type { Json } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument } from '../api-error.ts';
import { createReadQuota } from './read-quota.ts';

const PAGE_SIZE = { usual: 50, max: 1000 };

const listRequest = z.looseObject({
  resourceNames: z.array(z.string().regex(/^projects\/[^/]+(\/.*)?$/)).min(1),
  filter: z.string().default(''),
  orderBy: z.enum(['timestamp asc', 'timestamp desc', '']).default('timestamp asc'),
  pageSize: z.number().int().min(0).default(0),
  pageToken: z.string().default(''),
});

const cursor = z.strictObject({ atMs: z.number(), insertId: z.string() });

/** Cloud Logging v2: entries.list. */
export function loggingRouter(world: World): Router {
  const router = Router();
  const admit = createReadQuota();
  const { project, projectNumber } = world.scenario.estate;
  const kept = world.scenario.logging.exclusions.map((text): Filter => ({ kind: 'not', part: parseFilter(text) }));
  router.post('/v2/entries\\:list', (request, response) => {
    admit(world.nowMs, projectNumber);
    const asked = listRequest.safeParse(request.body);
    if (!asked.success)
      throw invalidArgument(asked.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
    const { resourceNames, filter, orderBy, pageSize, pageToken } = asked.data;
    const foreign = resourceNames.find((name) => ![project, projectNumber].includes(name.split('/')[1] ?? ''));
    if (foreign) throw invalidArgument(`Resource ${foreign} is not in the project that was asked for.`);
    const { entries, more } = queryLogs(world.state, {
      filter: { kind: 'and', parts: [parsed(filter), ...kept] },
      order: orderBy === 'timestamp desc' ? 'newest-first' : 'oldest-first',
      limit: Math.min(PAGE_SIZE.max, pageSize || PAGE_SIZE.usual),
      after: pageToken === '' ? undefined : decode(pageToken),
    });
    const last = entries.at(-1);
    response.json({ ...(entries.length > 0 && { entries }), ...(more && last && { nextPageToken: encode(last) }) });
  });
  return router;
}

/** @throws ApiError for a filter that does not parse. */
function parsed(filter: string): Filter {
  try {
    return parseFilter(filter);
  } catch (error) {
    if (error instanceof FilterError) throw invalidArgument(`Unparseable filter: ${error.message}`);
    throw error;
  }
}

const encode = (entry: Json): string => {
  const last: Cursor = { atMs: Date.parse(String(entry['timestamp'])), insertId: String(entry['insertId']) };
  return Buffer.from(JSON.stringify(last)).toString('base64url');
};

function decode(token: string): Cursor {
  try {
    return cursor.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw invalidArgument('page_token is not valid.');
  }
}
