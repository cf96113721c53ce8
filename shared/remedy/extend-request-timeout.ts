import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Template } from '../ports/cloud.ts';
import type { Action } from './action.ts';
import { byNewRevision, NEW_REVISION_SECONDS, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inTemplate } from './permanence.ts';

interface Timeout {
  readonly timeoutSeconds: number;
}

/** The longest that Cloud Run lets a request last. Source: Configure request timeout (facts, 2026-11-23). */
const TIMEOUT_SECONDS_MAX = 3600;
/** Where nothing tells how long requests need: four times as long. Our own choice, since a second raise would be a second outage. */
const FACTOR = 4;

/**
 * Lets requests last longer: as long as the revision before let them, or several times as long; connections that stay open, as long as there is.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where requests may last as long as Cloud Run allows already.
 */
export const extendRequestTimeout: Action<
  Pinned<Timeout>,
  'cloud-run',
  'metrics' | 'logs' | 'database'
> = byNewRevision<Timeout>({
  title: 'Extend the request timeout',
  answers: ['request-timeout-exceeded', 'websocket-cut-by-timeout'],
  base: 'what-serves',
  cost: 'none',
  ownOf: ({ timeoutSeconds }: Template) => ({ timeoutSeconds }),
  decide: ({ service, input: { cause } }) => {
    const { shortName, template } = service;
    const { timeoutSeconds: before } = template;
    if (before >= TIMEOUT_SECONDS_MAX)
      return refused(
        `requests of ${shortName} may last ${before} s, the longest that Cloud Run allows: what needs longer has to come back`,
      );
    const after =
      cause.rule === 'websocket-cut-by-timeout'
        ? TIMEOUT_SECONDS_MAX
        : Math.min(longerBefore(service) ?? before * FACTOR, TIMEOUT_SECONDS_MAX);
    return {
      kind: 'found',
      after: { timeoutSeconds: after },
      told: {
        fit: 'mends',
        summary: { title: `Extend the request timeout of ${shortName}`, before: `${before} s`, after: `${after} s` },
        expectedEffect: 'requests that need longer come to their end instead of 504',
        expectedSeconds: NEW_REVISION_SECONDS,
        whatCouldGoWrong: `${REPLACES_INSTANCES} Requests that hang keep their place in an instance for longer. A load balancer in front has a timeout of its own where its backend is no Cloud Run service.`,
        costUsdPerMonth: 0,
      },
      flags: `--timeout=${after}`,
      block: inTemplate(`timeout = "${after}s"`),
    };
  },
  outOfLimits: ({ after: { timeoutSeconds } }) =>
    timeoutSeconds >= 1 && timeoutSeconds <= TIMEOUT_SECONDS_MAX
      ? undefined
      : `Cloud Run lets a request last 1 to ${TIMEOUT_SECONDS_MAX} s, not ${timeoutSeconds}`,
});

/** What an earlier revision allowed, where it was longer; the newest that did. */
const longerBefore = ({ revisions, template }: ServiceObservation): number | undefined =>
  revisions.find((one) => one.template.timeoutSeconds > template.timeoutSeconds)?.template.timeoutSeconds;
