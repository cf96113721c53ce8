import { budgetOf } from '../diagnosis/startup-slower-than-probe.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { probe as inWords } from '../evidence/setting-changes.ts';
import type { Environment } from '../policy/policy.ts';
import type { Container, Probe, Template } from '../ports/cloud.ts';
import type { Action } from './action.ts';
import { byNewRevision, NEW_REVISION_SECONDS, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inContainer } from './permanence.ts';

interface StartupProbe {
  readonly startupProbe?: Probe;
}

/** Source: Configure container health checks: failureThreshold x periodSeconds cannot exceed it, nor can initialDelaySeconds (a stored copy read 2026-11-30). */
const PROBE_SECONDS_MAX = 240;
/** How often a container that becomes ready is asked. Our own choice: it waits half of this for nothing on average. */
const PERIOD_SECONDS = 5;

/**
 * Gives containers the time that they need to start, or has the probe ask for more than an open port, so that requests come once they can be served.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where the probe allows all that Cloud Run allows already, and where no path is known whose answer says that it is ready.
 */
export const extendStartupProbe: Action<
  Pinned<StartupProbe>,
  'cloud-run',
  'metrics' | 'logs' | 'database'
> = byNewRevision<StartupProbe>({
  title: 'Extend the startup probe',
  answers: ['startup-slower-than-probe', 'started-too-early'],
  base: 'what-was-deployed',
  cost: 'none',
  ownOf: ({ containers: [serving] }: Template) =>
    serving?.startupProbe === undefined ? {} : { startupProbe: serving.startupProbe },
  decide: ({ service, containers: [serving], input: { cause, environment } }) => {
    const { shortName } = service;
    const { startupProbe: before } = serving;
    if (before === undefined) return refused(`the startup probe of ${shortName} could not be read`);
    if (cause.rule === 'started-too-early' && serving.protocol === 'h2c')
      return refused(`${shortName} takes HTTP/2 alone: a probe that asks for a path would not reach it`);
    const after = cause.rule === 'started-too-early' ? asking(service, serving, environment) : longer(before);
    if (after === undefined)
      return refused(
        cause.rule === 'started-too-early'
          ? `no path of ${shortName} is known whose answer says that it is ready: none of its probes asks for one, and no check is named for it`
          : `the startup probe of ${shortName} allows all that Cloud Run allows: ${inWords(before)}`,
      );
    return {
      kind: 'found',
      after: { startupProbe: after },
      told: {
        fit: 'mends',
        summary: { title: `Extend the startup probe of ${shortName}`, before: inWords(before), after: inWords(after) },
        expectedEffect:
          cause.rule === 'started-too-early'
            ? 'new instances get requests once they answer them'
            : `starts may take ${budgetOf(after)} s and are no longer ended half way`,
        expectedSeconds: NEW_REVISION_SECONDS + budgetOf(after),
        whatCouldGoWrong: `${REPLACES_INSTANCES} A container that never becomes ready is given up later than before.`,
        costUsdPerMonth: 0,
      },
      flags: `--startup-probe=${flagsOf(after)}`,
      block: inContainer(blockOf(after)),
    };
  },
  outOfLimits: ({ after: { startupProbe } }) => {
    if (startupProbe === undefined) return 'a startup probe must be said';
    const { initialDelaySeconds, periodSeconds, failureThreshold, timeoutSeconds } = startupProbe;
    if (initialDelaySeconds > PROBE_SECONDS_MAX || periodSeconds * failureThreshold > PROBE_SECONDS_MAX)
      return `Cloud Run takes ${PROBE_SECONDS_MAX} s of delay and ${PROBE_SECONDS_MAX} s of probing at most, not ${inWords(startupProbe)}`;
    return timeoutSeconds > periodSeconds ? 'a probe must not wait for an answer longer than its period' : undefined;
  },
});

/** All of the time that there is to be probed in; undefined where that is given already: by a delay before it every new instance would come minutes too late. */
function longer(present: Probe): Probe | undefined {
  if (present.periodSeconds * present.failureThreshold >= PROBE_SECONDS_MAX) return undefined;
  return {
    ...present,
    periodSeconds: PERIOD_SECONDS,
    timeoutSeconds: Math.min(present.timeoutSeconds, PERIOD_SECONDS),
    failureThreshold: PROBE_SECONDS_MAX / PERIOD_SECONDS,
  };
}

/** Asks by HTTP instead of knocking, for all the time that there is. */
function asking(service: ServiceObservation, serving: Container, environment: Environment): Probe | undefined {
  const path = pathOf(service, serving, environment);
  return path === undefined
    ? undefined
    : {
        kind: 'http',
        path,
        port: serving.port,
        initialDelaySeconds: 0,
        periodSeconds: PERIOD_SECONDS,
        timeoutSeconds: PERIOD_SECONDS,
        failureThreshold: PROBE_SECONDS_MAX / PERIOD_SECONDS,
      };
}

/** Where it says whether it is ready: as an earlier startup probe asked, as its other probes do, or as a check does that is named for it. */
function pathOf({ revisions, shortName }: ServiceObservation, serving: Container, { checks }: Environment) {
  const earlier = revisions.flatMap(({ template }) => template.containers[0]?.startupProbe?.path ?? []);
  const named = checks.flatMap((check) =>
    check.kind === 'http' && check.name === shortName ? new URL(check.url).pathname : [],
  );
  return earlier[0] ?? serving.readinessProbe?.path ?? serving.livenessProbe?.path ?? named[0];
}

const flagsOf = (probe: Probe): string =>
  [
    ...(probe.path === undefined ? [] : [`httpGet.path=${probe.path}`]),
    ...(probe.port === undefined
      ? []
      : [`${probe.kind === 'http' ? 'httpGet' : probe.kind === 'tcp' ? 'tcpSocket' : 'grpc'}.port=${probe.port}`]),
    `initialDelaySeconds=${probe.initialDelaySeconds}`,
    `periodSeconds=${probe.periodSeconds}`,
    `timeoutSeconds=${probe.timeoutSeconds}`,
    `failureThreshold=${probe.failureThreshold}`,
  ].join(',');

const blockOf = (probe: Probe): string => {
  const look = { http: 'http_get', tcp: 'tcp_socket', grpc: 'grpc' }[probe.kind];
  const at = [
    ...(probe.path === undefined ? [] : [`    path = "${probe.path}"`]),
    ...(probe.port === undefined ? [] : [`    port = ${probe.port}`]),
  ];
  return [
    'startup_probe {',
    `  initial_delay_seconds = ${probe.initialDelaySeconds}`,
    `  period_seconds        = ${probe.periodSeconds}`,
    `  timeout_seconds       = ${probe.timeoutSeconds}`,
    `  failure_threshold     = ${probe.failureThreshold}`,
    `  ${look} {`,
    ...at,
    '  }',
    '}',
  ].join('\n');
};
