import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { countOf, deployedLine, eachService, linesOf, serverErrorsOf, servingRevisions, startsOf } from './deploys.ts';
import { FAILURES_MIN } from './revisions.ts';
import { type Conclusion, rule } from './rule.ts';

/**
 * Containers that were ready exit by themselves, again and again.
 * Sees exits of a revision that takes traffic beside starts that had succeeded, and what the containers printed.
 * Silent when they end for want of memory, when starts fail, and when they complain of connections first: an application may end itself that is cut off.
 */
export const crashAfterReady = rule({
  layer: 'application',
  title: 'Crash after ready',
  needs: ['cloud-run', 'logs'],
  explains: ['instance-ceiling-reached', 'cpu-starved'],
  diagnose: ({ 'cloud-run': { services }, logs }) => eachService(services, (service) => judge(service, logs)),
});

function judge(service: ServiceObservation, logs: LogsObservation): Conclusion {
  const { shortName } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: why });
  for (const revision of servingRevisions(service)) {
    const of = { service: shortName, revision: revision.shortName };
    const exits = countOf(linesOf(logs, of, ['container-exited']));
    const failedStarts = countOf(linesOf(logs, of, ['startup-probe-failed']));
    // One that does not come up exits beside its failed probe; the others had been ready.
    const crashes = exits - failedStarts;
    if (crashes < FAILURES_MIN) continue;
    const cutOff = countOf(linesOf(logs, of, CONNECTIONS));
    if (cutOff >= FAILURES_MIN) return ruledOut(`containers exit, and complain ${cutOff} times of connections`);
    return causeOf(service, revision, crashes, logs);
  }
  return ruledOut('no container exited after it had been ready');
}

const CONNECTIONS = [
  'private-connection-timed-out',
  'private-connection-refused',
  'database-slots-exhausted',
  'cloud-sql-socket-closed',
] as const;

const SAID = ['module-missing', 'setting-missing', 'key-missing', 'unknown'] as const;

function causeOf(service: ServiceObservation, revision: Revision, crashes: number, logs: LogsObservation): Conclusion {
  const { name, shortName } = service;
  const of = { service: shortName, revision: revision.shortName };
  const broken = serverErrorsOf(logs, of);
  const said = linesOf(logs, of, SAID);
  const ready = startsOf(logs, revision)?.succeeded ?? 0;
  return {
    kind: 'cause',
    target: name,
    claim: `Containers of ${revision.shortName} crash after they were ready: ${counted({ count: crashes, noun: 'exit', from: 'system' }, logs)}, and ${counted({ count: countOf(broken), noun: 'request', from: 'requests' }, logs)} failed.`,
    confidence: ready === 0 ? 'likely' : 'certain',
    evidence: [
      { text: `${ready} starts had succeeded within the look.`, url: servicePage(name, 'logs') },
      ...said
        .slice(0, 1)
        .map(({ sample, count }) => ({ text: `${count} times: "${sample}"`, url: servicePage(name, 'logs') })),
      deployedLine(service, revision),
    ],
    expects: [
      { text: 'its containers say what breaks them', seen: said.length > 0 ? 'yes' : 'unknown' },
      { text: 'requests fail as they end', seen: broken.length > 0 ? 'yes' : 'no' },
    ],
    services: [shortName],
  };
}
