import type { Json } from '../../world/state.ts';
import { isJson, numberAt, textAt } from '../../world/template.ts';
import { invalidArgument } from '../api-error.ts';

const LATEST = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';
const REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';

/** Traffic targets as they will be kept. Whether a revision exists shows only when the operation fails. @throws ApiError where the API would refuse. */
export function checkTraffic(traffic: unknown): Json[] {
  const targets = Array.isArray(traffic) ? traffic.filter(isJson) : [];
  if (targets.length === 0) return [{ type: LATEST, percent: 100 }];
  const kept = targets.map(checkTarget);
  const sum = kept.reduce((total, target) => total + (numberAt(target, 'percent') ?? 0), 0);
  if (sum !== 100)
    throw invalidArgument(
      `Violation in UpdateServiceRequest.service.traffic: traffic percentages must add up to 100, found ${sum}.`,
    );
  return kept;
}

function checkTarget(target: Json): Json {
  const revision = textAt(target, 'revision').split('/').at(-1) ?? '';
  const percent = numberAt(target, 'percent') ?? 0;
  const type = textAt(target, 'type') || (revision ? REVISION : LATEST);
  if (type === REVISION && revision === '')
    throw invalidArgument(
      'Violation in UpdateServiceRequest.service.traffic.revision: must be set for allocation by revision.',
    );
  if (type === LATEST && revision !== '')
    throw invalidArgument(
      'Violation in UpdateServiceRequest.service.traffic.revision: must not be set for allocation to the latest revision.',
    );
  if (percent < 0 || percent > 100)
    throw invalidArgument('Violation in UpdateServiceRequest.service.traffic.percent: must be between 0 and 100.');
  const tag = textAt(target, 'tag');
  return { type, ...(revision && { revision }), ...(percent > 0 && { percent }), ...(tag && { tag }) };
}
