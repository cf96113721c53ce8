import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { probe as probeInWords } from '../evidence/setting-changes.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { type Endings, endingsInWords, endingsOf, isHang } from './container-endings.ts';
import { counted } from './counted.ts';
import { countOf, deployedLine, eachService, linesOf, serverErrorsOf, servingRevisions, startsOf } from './deploys.ts';
import { CPU_FULL_RATIO } from './load-levels.ts';
import { DEPENDENCY_LINES } from './own-lines.ts';
import { recentValues } from './recent.ts';
import { FAILURES_MIN } from './revisions.ts';
import { type Conclusion, type Context, type EvidenceLine, rule } from './rule.ts';
import { unknownOf } from './said.ts';

/**
 * Containers that were ready do not last, again and again: they exit by themselves, a signal ends them, or they hang until their liveness probe does.
 * Sees how containers of a revision that takes traffic ended beside starts that had succeeded, and what the containers printed.
 * Silent when they end for want of memory, when starts fail, when they complain of connections first (an application may end itself that is cut
 * off), and when they hang while their CPU is full or while they say what they wait for.
 */
export const crashAfterReady = rule({
  layer: 'application',
  title: 'Crash after ready',
  needs: ['cloud-run', 'logs'],
  considers: ['metrics'],
  explains: ['instance-ceiling-reached', 'cpu-starved'],
  diagnose: ({ 'cloud-run': { services }, logs, metrics }, context) =>
    eachService(services, (service) => judge(service, { logs, metrics }, context)),
});

interface SeenOfCrashes {
  readonly logs: LogsObservation;
  readonly metrics: MetricsObservation | undefined;
}

function judge(service: ServiceObservation, { logs, metrics }: SeenOfCrashes, context: Context): Conclusion {
  const { shortName } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: why });
  for (const revision of servingRevisions(service)) {
    const of = { service: shortName, revision: revision.shortName };
    const endings = endingsOf(logs.signatures.filter((line) => isOf(line, of)));
    if (endings.count < FAILURES_MIN) continue;
    const cutOff = countOf(linesOf(logs, of, isHang(endings) ? DEPENDENCY_LINES : CONNECTIONS));
    if (cutOff >= FAILURES_MIN)
      return ruledOut(`containers ${isHang(endings) ? 'hang' : 'exit'}, and complain ${cutOff} times of connections`);
    const full = isHang(endings) ? fullCpuOf(shortName, metrics, context) : undefined;
    if (full !== undefined)
      return ruledOut(`containers hang, with their CPU at ${Math.round(full * 100)} %: they answer, too late`);
    return causeOf(service, revision, endings, logs);
  }
  return ruledOut('no container exited after it had been ready');
}

const isOf = (
  line: { readonly service: string; readonly revision: string | undefined },
  of: { readonly service: string; readonly revision: string },
): boolean => line.service === of.service && line.revision === of.revision;

const CONNECTIONS = [
  'private-connection-timed-out',
  'private-connection-refused',
  'database-slots-exhausted',
  'cloud-sql-socket-closed',
] as const;

/** CPU at its lowest of the last minutes, where even that is full: a probe that is answered too late says nothing of the application. */
function fullCpuOf(shortName: string, metrics: MetricsObservation | undefined, context: Context): number | undefined {
  const own = metrics?.services.find(({ service }) => service === shortName)?.cpuRatio ?? [];
  const least = Math.min(...recentValues(own, context));
  return Number.isFinite(least) && least >= CPU_FULL_RATIO ? least : undefined;
}

const SAID = ['module-missing', 'setting-missing', 'key-missing'] as const;

function causeOf(service: ServiceObservation, revision: Revision, endings: Endings, logs: LogsObservation): Conclusion {
  const { name, shortName } = service;
  const of = { service: shortName, revision: revision.shortName };
  const broken = serverErrorsOf(logs, of);
  const said = [...linesOf(logs, of, SAID), ...unknownOf(logs, of)];
  const ready = startsOf(logs, revision)?.succeeded ?? 0;
  const verb = isHang(endings) ? 'stop answering' : 'crash';
  return {
    kind: 'cause',
    target: name,
    claim: `Containers of ${revision.shortName} ${verb} after they were ready: ${endingsInWords(endings, logs)}, and ${counted({ count: countOf(broken), noun: 'request', from: 'requests' }, logs)} failed.`,
    // What hangs does not say why.
    confidence: ready === 0 || isHang(endings) ? 'likely' : 'certain',
    evidence: [
      { text: `${ready} starts had succeeded within the look.`, url: servicePage(name, 'logs') },
      ...livenessLines(service, revision, endings),
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

function livenessLines({ name }: ServiceObservation, { template }: Revision, { how }: Endings): EvidenceLine[] {
  const asked = template.containers.flatMap(({ livenessProbe }) => livenessProbe ?? [])[0];
  if (how !== 'by-liveness-probe' || asked === undefined) return [];
  return [{ text: `Its liveness probe: ${probeInWords(asked)}.`, url: servicePage(name, 'revisions') }];
}
