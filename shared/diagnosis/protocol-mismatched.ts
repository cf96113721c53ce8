import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { CONTAINER_ENDED } from './container-endings.ts';
import { changed, countOf, deployedLine, eachService, linesOf, serverErrorsOf, servingRevisions } from './deploys.ts';
import { FAILURES_MIN } from './revisions.ts';
import { type Conclusion, rule } from './rule.ts';

/** Bad gateway: what was answered could not be read. Source: extenda/actions#161 and ahmetb/cloud-run-faq#93, 502s once HTTP/2 was switched on. */
const UNREADABLE = 502;

/**
 * Cloud Run speaks another protocol to a container than the container does: HTTP/2 in clear to one that knows HTTP/1, or the other way round as gRPC would need.
 * Sees answers that Cloud Run could not read, all with 502, from containers that run on, beside the port's protocol and what the release changed of it.
 * Silent when containers exit or run out of memory: a connection that breaks off looks the same for one request.
 */
export const protocolMismatched = rule({
  layer: 'configuration',
  title: 'Protocol mismatched',
  needs: ['cloud-run', 'logs'],
  explains: ['release-broken', 'configuration-broken', 'health-check-too-strict'],
  diagnose: ({ 'cloud-run': { services }, logs }) => eachService(services, (service) => judge(service, logs)),
});

function judge(service: ServiceObservation, logs: LogsObservation): Conclusion {
  const { shortName } = service;
  for (const revision of servingRevisions(service)) {
    const of = { service: shortName, revision: revision.shortName };
    const unread = countOf(linesOf(logs, of, ['response-malformed']));
    const ended = countOf(linesOf(logs, of, [...CONTAINER_ENDED, 'liveness-probe-failed']));
    if (unread < FAILURES_MIN || ended > 0) continue;
    const changes = changed(service, revision, 'protocol');
    const errors = serverErrorsOf(logs, of);
    const all = countOf(errors);
    const gateway = countOf(errors.filter(({ status }) => status === UNREADABLE));
    // Without a change of it, HTTP/1 is what nearly everything speaks, and a broken connection the likelier reason.
    const suspect = changes.length > 0 || (protocolOf(revision) === 'h2c' && gateway > all / 2);
    if (!suspect) continue;
    return causeOf(service, revision, { unread, all, gateway, isChanged: changes.length > 0 });
  }
  return { kind: 'ruled-out', reason: 'no container that runs on gives answers that cannot be read' };
}

const protocolOf = ({ template }: Revision): 'http1' | 'h2c' => template.containers[0]?.protocol ?? 'http1';
const NAMES = { http1: 'HTTP/1', h2c: 'HTTP/2 in clear (h2c)' } as const;

interface Counts {
  readonly unread: number;
  readonly all: number;
  readonly gateway: number;
  readonly isChanged: boolean;
}

function causeOf(
  service: ServiceObservation,
  revision: Revision,
  { unread, all, gateway, isChanged }: Counts,
): Conclusion {
  const { name, shortName } = service;
  return {
    kind: 'cause',
    target: name,
    claim: `Cloud Run speaks ${NAMES[protocolOf(revision)]} to ${revision.shortName}, and cannot read its answers: ${unread} of ${all} errors were malformed responses.`,
    confidence: 'certain',
    evidence: [
      { text: `${gateway} of ${all} errors were 502, and no container exited.`, url: servicePage(name, 'logs') },
      deployedLine(service, revision),
    ],
    expects: [
      { text: 'the release changed the protocol', seen: isChanged ? 'yes' : 'no' },
      { text: 'its containers run on', seen: 'yes' },
    ],
    services: [shortName],
  };
}
