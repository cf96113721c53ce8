import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { InstanceStarts } from '../evidence/instance-starts.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { probe as probeInWords } from '../evidence/setting-changes.ts';
import type { Probe, Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { CONTAINER_ENDED } from './container-endings.ts';
import { countOf, deployedLine, eachService, linesOf, servingRevisions, startsOf } from './deploys.ts';
import { type Conclusion, rule } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** Of the errors that containers answered, as many as this at young instances: then their age is what they have in common. Our own choice: an even mix would be around a tenth. */
const YOUNG_RATIO_MIN = 0.8;
/** One instance that comes up badly is one instance. Our own choice. */
const STARTS_MIN = 2;

/**
 * A container is given requests before it can serve them: its probe succeeds too early, and the first requests to each new instance fail.
 * Sees the age of the instance at each failed request, and what the startup probe looks at.
 * Silent when older instances fail as well, and when instances exit: then it is not their youth.
 */
export const startedTooEarly = rule({
  layer: 'configuration',
  title: 'Started too early',
  needs: ['cloud-run', 'logs'],
  explains: ['release-broken', 'configuration-broken'],
  diagnose: ({ 'cloud-run': { services }, logs }) => eachService(services, (service) => judge(service, logs)),
});

function judge(service: ServiceObservation, logs: LogsObservation): Conclusion {
  const { shortName } = service;
  for (const revision of servingRevisions(service)) {
    const starts = startsOf(logs, revision);
    if (starts === undefined || !failsYoung(starts)) continue;
    const ended = countOf(linesOf(logs, { service: shortName, revision: revision.shortName }, ENDED));
    if (ended > 0) continue;
    return causeOf(service, revision, starts);
  }
  return { kind: 'ruled-out', reason: 'requests do not fail at new instances alone' };
}

const ENDED = [
  ...CONTAINER_ENDED,
  'response-malformed',
  'private-connection-timed-out',
  'private-connection-refused',
] as const;

const failsYoung = ({ failedYoung, failedOlder, succeeded }: InstanceStarts): boolean =>
  failedYoung >= FAILED_REQUESTS_MIN &&
  succeeded >= STARTS_MIN &&
  failedYoung / (failedYoung + failedOlder) >= YOUNG_RATIO_MIN;

function causeOf(service: ServiceObservation, revision: Revision, starts: InstanceStarts): Conclusion {
  const { name, shortName } = service;
  const { failedYoung, failedOlder, failedUntilSeconds, succeeded } = starts;
  const probe = revision.template.containers[0]?.startupProbe;
  return {
    kind: 'cause',
    target: name,
    claim: `New instances of ${revision.shortName} get requests before they can serve: ${failedYoung} of ${failedYoung + failedOlder} errors fell within ${Math.round(failedUntilSeconds ?? 0)} s of an instance's start, over ${succeeded} starts.`,
    confidence: 'certain',
    evidence: [
      { text: `Startup probe: ${probeInWords(probe)}.`, url: servicePage(name, 'revisions') },
      { text: `Instances that are older failed ${failedOlder} requests.`, url: servicePage(name, 'logs') },
      deployedLine(service, revision),
    ],
    expects: [
      { text: 'the startup probe looks at no more than an open port', seen: looksAtPort(probe) ? 'yes' : 'no' },
      { text: 'its containers do not exit', seen: 'yes' },
    ],
    services: [shortName],
  };
}

/** One without a probe is ready as soon as it runs. */
const looksAtPort = (probe: Probe | undefined): boolean => probe === undefined || probe.kind === 'tcp';
