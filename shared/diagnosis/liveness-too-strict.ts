import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { probe as probeInWords } from '../evidence/setting-changes.ts';
import { earliest } from '../ports/clock.ts';
import type { Probe, Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { changed, countOf, deployedLine, servingRevisions } from './deploys.ts';
import { DEPENDENCY_LINES, linesOf } from './own-lines.ts';
import { isRecent, middleOf, recentValues } from './recent.ts';
import { beganWith } from './revisions.ts';
import type { Conclusion, Context } from './rule.ts';
import { spokenMs } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** One instance may really have hung, which is what the probe is for. Our own choice. */
const SHUT_DOWN_MIN = 2;

export interface SeenOfLiveness {
  readonly logs: LogsObservation;
  readonly metrics: MetricsObservation | undefined;
}

/** Whether a liveness probe shuts instances down that work: Cloud Run ends what fails it, and whatever they were serving fails. */
export function judgeLiveness(service: ServiceObservation, seen: SeenOfLiveness, context: Context): Conclusion {
  const { shortName } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  for (const revision of servingRevisions(service)) {
    const lines = seen.logs.signatures.filter(
      (line) =>
        line.signature === 'liveness-probe-failed' &&
        line.service === shortName &&
        line.revision === revision.shortName &&
        isRecent(line.lastAt, context),
    );
    const liveness = revision.template.containers.flatMap(({ livenessProbe }) => livenessProbe ?? [])[0];
    if (liveness === undefined || countOf(lines) < SHUT_DOWN_MIN) continue;
    return judgeShutDown(service, { revision, liveness, lines }, seen, context);
  }
  return ruledOut('its liveness probe shut down fewer than 2 instances');
}

interface ShutDown {
  readonly revision: Revision;
  readonly liveness: Probe;
  readonly lines: readonly SignatureCount[];
}

function judgeShutDown(
  service: ServiceObservation,
  shutDown: ShutDown,
  { logs, metrics }: SeenOfLiveness,
  context: Context,
): Conclusion {
  const { shortName, name } = service;
  const { revision, liveness, lines } = shutDown;
  const firstAt = lines.map((line) => line.firstAt).reduce(earliest);
  const byDeploy = beganWith(revision, firstAt);
  const [tightened] = changed(service, revision, 'liveness-probe');
  const complaints = linesOf(shortName, DEPENDENCY_LINES, logs, context);
  if (complaints >= FAILED_REQUESTS_MIN)
    return {
      kind: 'ruled-out',
      reason: `${shortName}: its instances wait for something else, of which they complain ${complaints} times`,
    };
  if (byDeploy && tightened !== undefined)
    return cause(service, shutDown, `the probe was "${tightened.before}" before ${revision.shortName}`, {
      confidence: changed(service, revision, 'image').length === 0 ? 'certain' : 'likely',
      slow: 'unknown',
    });
  if (byDeploy)
    return {
      kind: 'ruled-out',
      reason: `${shortName}: instances fail its liveness probe since ${revision.shortName} came, which left the probe as it was`,
    };
  const own = metrics?.services.find((one) => one.service === shortName);
  const nowMs = own && middleOf(recentValues(own.latencyP95Ms, context));
  if (nowMs !== undefined && nowMs >= liveness.timeoutSeconds * 1000)
    return cause(service, shutDown, `the slowest twentieth of its answers takes ${spokenMs(nowMs)}`, {
      confidence: 'likely',
      slow: 'yes',
    });
  return {
    kind: 'inconclusive',
    reason: `${shortName}: its liveness probe shut down ${countOf(lines)} instances, and nothing here tells whether they hung or were merely late`,
    settles: 'not-by-itself',
    about: { target: name, services: [shortName] },
    nextCheck: `Ask ${shortName} for ${liveness.path ?? 'its port'} itself while it is busy, and hold the time against the ${liveness.timeoutSeconds} s that its liveness probe allows.`,
  };
}

function cause(
  service: ServiceObservation,
  { revision, liveness, lines }: ShutDown,
  why: string,
  { confidence, slow }: { readonly confidence: 'certain' | 'likely'; readonly slow: 'yes' | 'unknown' },
): Conclusion {
  const { shortName, name } = service;
  return {
    kind: 'cause',
    target: name,
    claim: `The liveness probe of ${shortName} (${probeInWords(liveness)}) shuts down instances that work: ${countOf(lines)} of them, and ${why}.`,
    confidence,
    evidence: [
      ...lines
        .slice(0, 1)
        .map(({ count, sample }) => ({ text: `${count} times: "${sample}"`, url: servicePage(name, 'logs') })),
      deployedLine(service, revision),
    ],
    expects: [{ text: 'answers that take longer than the probe allows', seen: slow }],
    services: [shortName],
  };
}
