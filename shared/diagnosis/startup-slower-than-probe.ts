import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { probe as probeInWords } from '../evidence/setting-changes.ts';
import type { Probe, Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { CONTAINER_ENDED } from './container-endings.ts';
import {
  changed,
  countOf,
  deployedLine,
  eachService,
  failedDeploy,
  harmOfFailedDeploy,
  linesOf,
  servingRevisions,
  startsOf,
} from './deploys.ts';
import { type Conclusion, type Context, rule } from './rule.ts';

/** One start may have met a slow moment; Cloud Run tries again by itself. Our own choice. */
const STARTS_GIVEN_UP_MIN = 2;
/**
 * A start that succeeded within this share of what the probe allows says that others may need longer: start-up times of one image differ by half and more
 * from instance to instance. Our own choice: lower would suspect every slow application.
 */
const NEAR_BUDGET_RATIO = 0.6;

/** Of what the probe allows, a start that it ended was given about all: times of lines and of containers differ by seconds. Our own choice. */
const GIVEN_RATIO = 0.8;

/**
 * Containers need longer to start than their startup probe allows, and are ended while they are still at it.
 * Sees starts that the probe ended without an exit, what the probe allows, and how long starts took that succeeded.
 * Silent when containers exit by themselves or complain of connections, and when they say that they listen elsewhere.
 */
export const startupSlowerThanProbe = rule({
  layer: 'configuration',
  title: 'Start-up slower than its probe',
  needs: ['cloud-run', 'logs'],
  explains: ['release-broken', 'configuration-broken', 'instance-ceiling-reached', 'crash-after-ready'],
  diagnose: ({ 'cloud-run': { services }, logs }, context) =>
    eachService(services, (service) => judge(service, logs, context)),
});

/** All that a startup probe allows, in seconds. Source: k8s.min.proto of Cloud Run Admin v2. */
export const budgetOf = ({ initialDelaySeconds, periodSeconds, failureThreshold }: Probe): number =>
  initialDelaySeconds + periodSeconds * failureThreshold;

function judge(service: ServiceObservation, logs: LogsObservation, context: Context): Conclusion {
  const { shortName } = service;
  const deploy = failedDeploy(service, context);
  if (deploy !== undefined) {
    const slow = slownessOf(service, deploy, logs);
    if (slow !== undefined) return causeOf(service, deploy, slow, harmOfFailedDeploy(service), logs);
  }
  for (const revision of servingRevisions(service)) {
    const slow = slownessOf(service, revision, logs);
    if (slow === undefined || slow.givenUp < STARTS_GIVEN_UP_MIN) continue;
    return causeOf(
      service,
      revision,
      slow.certain === 'guessed' ? startedBefore(slow) : slow,
      { services: [shortName], harm: 'now' },
      logs,
    );
  }
  return { kind: 'ruled-out', reason: 'no start was ended by a probe that it may have outlasted' };
}

/** What takes traffic has come up before, so that its port is right and its code starts. */
const startedBefore = (slow: Slowness): Slowness => ({
  ...slow,
  why: 'earlier instances of it did come up',
  certain: 'argued',
});

interface Slowness {
  readonly givenUp: number;
  readonly budgetSeconds: number;
  readonly why: string;
  /** `argued`: something else speaks for it. `guessed`: it neither exited nor listened, and that is all. */
  readonly certain: 'measured' | 'argued' | 'guessed';
}

function slownessOf(service: ServiceObservation, revision: Revision, logs: LogsObservation): Slowness | undefined {
  const probe = revision.template.containers[0]?.startupProbe;
  if (probe === undefined) return undefined;
  const { shortName } = service;
  const lines = linesOf(logs, { service: shortName, revision: revision.shortName }, ['startup-probe-failed']);
  const exits = countOf(linesOf(logs, { service: shortName, revision: revision.shortName }, ENDED_OTHERWISE));
  const givenUp = countOf(lines);
  if (givenUp === 0 || exits > 0) return undefined;
  const starts = startsOf(logs, revision);
  if (
    starts?.listeningOn !== undefined &&
    starts.listeningOn.port !== (probe.port ?? revision.template.containers[0]?.port)
  )
    return undefined;
  const budgetSeconds = budgetOf(probe);
  const known = { givenUp, budgetSeconds };
  const [tightened] = changed(service, revision, 'startup-probe');
  const took = slowestOf(service, logs);
  if (took !== undefined && took >= budgetSeconds * NEAR_BUDGET_RATIO)
    return { ...known, why: `starts that succeeded took up to ${Math.round(took)} s`, certain: 'measured' };
  if (tightened !== undefined)
    return { ...known, why: `the probe was "${tightened.before}" before`, certain: 'argued' };
  return { ...known, why: 'its container neither exited nor was heard to listen', certain: 'guessed' };
}

/** What ends a container, or keeps it from beginning, without regard to the probe. */
const ENDED_OTHERWISE = [
  ...CONTAINER_ENDED,
  'secret-unavailable',
  'private-connection-timed-out',
  'private-connection-refused',
  'database-slots-exhausted',
  'database-login-refused',
  'database-not-ready',
] as const;

/** The slowest start that succeeded, of any of its revisions. */
function slowestOf({ shortName }: ServiceObservation, { starts }: LogsObservation): number | undefined {
  const seconds = starts.flatMap(({ service, slowestSeconds }) =>
    service === shortName ? (slowestSeconds ?? []) : [],
  );
  return seconds.length === 0 ? undefined : Math.max(...seconds);
}

function causeOf(
  service: ServiceObservation,
  revision: Revision,
  { givenUp, budgetSeconds, why, certain }: Slowness,
  harm: { readonly services: readonly string[]; readonly harm?: 'now' | 'soon' },
  logs: LogsObservation,
): Conclusion {
  const { name } = service;
  const given = startsOf(logs, revision)?.givenUpAfterSeconds;
  return {
    kind: 'cause',
    target: name,
    claim: `${revision.shortName} starts too slowly for its startup probe, which allows ${budgetSeconds} s: ${givenUp} start${givenUp === 1 ? ' was' : 's were'} ended, and ${why}.`,
    confidence: certain === 'measured' ? 'certain' : certain === 'argued' ? 'likely' : 'possible',
    evidence: [
      {
        text: `Startup probe: ${probeInWords(revision.template.containers[0]?.startupProbe)}${given === undefined ? '' : `; a start that it ended had been given ${Math.round(given)} s`}.`,
        url: servicePage(name, 'revisions'),
      },
      deployedLine(service, revision),
    ],
    expects: [
      { text: 'the container does not exit by itself', seen: 'yes' },
      {
        text: 'starts that succeeded come near to what the probe allows',
        seen: certain === 'measured' ? 'yes' : 'unknown',
      },
      {
        text: 'a start that was ended had been given what the probe allows',
        seen: given === undefined ? 'unknown' : given >= budgetSeconds * GIVEN_RATIO ? 'yes' : 'no',
      },
    ],
    ...harm,
  };
}
