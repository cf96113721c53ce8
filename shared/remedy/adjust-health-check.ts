import type { HealthCheck } from '../ports/load-balancing.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Action, LimitInput } from './action.ts';
import { refused } from './new-revision.ts';
import { terraform } from './permanence.ts';

/** How long a health check waits, how often, and how many failures take a machine out. */
export interface CheckPatience {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly unhealthyThreshold: number;
}

/** What Google proposes: defaults of HealthCheck in compute v1's discovery document, read 2026-11-23. */
const TIMEOUT_SECONDS = 5;
const UNHEALTHY_THRESHOLD = 2;
/** Source: gcloud compute health-checks update (SDK 528): 1 to 300 s, a timeout no longer than the interval, 1 to 10 failures. */
const SECONDS_MAX = 300;
const FAILURES_MAX = 10;
/** The change is there within a minute, and a machine is back after two answers. */
const SECONDS = 120;

/**
 * Makes a load balancer's health check as patient as Google proposes: it waits longer, and takes more failures before it gives up.
 * API: Compute Engine v1 healthChecks.patch, healthChecks.list (aggregated), globalOperations.get, regionOperations.get.
 * Silent (refuses) where the cause is a liveness probe, which a new revision changes, where the check is not known, and where it is as patient already.
 */
export const adjustHealthCheck: Action<CheckPatience, 'load-balancer'> = {
  title: 'Make the health check more patient',
  answers: ['health-check-too-strict'],
  permissions: [
    'compute.healthChecks.list',
    'compute.healthChecks.update',
    'compute.globalOperations.get',
    'compute.regionOperations.get',
  ],
  terms: { risk: ['low'], undo: 'restore-before', cost: 'none' },
  needs: ['load-balancer'],
  propose: ({ cause: { target }, seen }) => {
    const backend = seen['load-balancer'].backends.find(
      ({ link }) => target === `projects/${projectOf(target)}/${link}`,
    );
    if (backend === undefined) return refused(`no backend ${lastOf(target)} of a load balancer was observed`);
    const { name, health } = backend;
    const check = health.status === 'observed' && health.value.kind === 'checked' ? health.value.check : undefined;
    if (check === undefined) return refused(`the health check of ${name} is not known`);
    const before = patienceOf(check);
    const timeoutSeconds = Math.max(before.timeoutSeconds, TIMEOUT_SECONDS);
    const after = {
      intervalSeconds: Math.max(before.intervalSeconds, timeoutSeconds),
      timeoutSeconds,
      unhealthyThreshold: Math.max(before.unhealthyThreshold, UNHEALTHY_THRESHOLD),
    };
    if (inWords(after) === inWords(before))
      return refused(`${check.name} is as patient as Google proposes already (${inWords(before)})`);
    const path = `projects/${projectOf(target)}/${check.link}`;
    const region = /\/regions\/([^/]+)\//.exec(path)?.[1];
    return {
      kind: 'proposed',
      change: { target: path, etag: undefined, before, after },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: {
          title: `Make health check ${check.name} more patient`,
          before: inWords(before),
          after: inWords(after),
        },
        expectedEffect: `machines of ${name} that answer within ${timeoutSeconds} s come back into service`,
        expectedSeconds: SECONDS,
        whatCouldGoWrong: `A machine that is really gone is noticed after ${after.intervalSeconds * after.unhealthyThreshold} s, not ${before.intervalSeconds * before.unhealthyThreshold} s; the same holds for every backend that shares this check.`,
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        permanent: {
          gcloud: `gcloud compute health-checks update http ${check.name} --project=${projectOf(target)} ${region === undefined ? '--global' : `--region=${region}`} --check-interval=${after.intervalSeconds}s --timeout=${after.timeoutSeconds}s --unhealthy-threshold=${after.unhealthyThreshold}`,
          terraform: terraform(
            region === undefined ? 'google_compute_health_check' : 'google_compute_region_health_check',
            check.name,
            `check_interval_sec  = ${after.intervalSeconds}\ntimeout_sec         = ${after.timeoutSeconds}\nunhealthy_threshold = ${after.unhealthyThreshold}`,
          ),
        },
      },
    };
  },
  outOfLimits,
  read: async (target, cloud, abort) => {
    const all = await cloud.healthChecks({ project: projectOf(target) }, abort);
    const check = all.find(({ link }) => target.endsWith(`/${link}`));
    if (check === undefined) throw new PlatformFailure('not-found', `there is no health check ${target}`);
    return { settings: patienceOf(check), etag: undefined, settled: true };
  },
  write: ({ target, after }, cloud, abort) => cloud.changeHealthCheck(target, after, abort),
};

const patienceOf = ({ intervalSeconds, timeoutSeconds, unhealthyThreshold }: HealthCheck): CheckPatience => ({
  intervalSeconds,
  timeoutSeconds,
  unhealthyThreshold,
});

const inWords = ({ intervalSeconds, timeoutSeconds, unhealthyThreshold }: CheckPatience): string =>
  `waits ${timeoutSeconds} s, every ${intervalSeconds} s, and gives up after ${unhealthyThreshold}`;

function outOfLimits({ after, present }: LimitInput<CheckPatience>): string | undefined {
  const { intervalSeconds, timeoutSeconds, unhealthyThreshold } = after;
  if (timeoutSeconds < 1 || intervalSeconds > SECONDS_MAX || timeoutSeconds > intervalSeconds)
    return `a health check waits 1 to ${SECONDS_MAX} s and no longer than its interval, not ${timeoutSeconds} s every ${intervalSeconds} s`;
  if (unhealthyThreshold < 1 || unhealthyThreshold > FAILURES_MAX)
    return `a health check gives up after 1 to ${FAILURES_MAX} failures, not ${unhealthyThreshold}`;
  if (timeoutSeconds < present.timeoutSeconds || unhealthyThreshold < present.unhealthyThreshold)
    return `a health check is only made more patient: it ${inWords(present)}`;
  return undefined;
}
