import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import type { PlatformObservation } from '../evidence/platform.ts';
import { type QuotaUse, ratioOf } from '../evidence/quota-use.ts';
import { secondsBetween } from '../ports/clock.ts';
import { quotaPage } from './console-links.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Context, type Expectation, rule, standing } from './rule.ts';

/** One refusal is retried by every client library of Google's; three are a state. Our own choice: more would miss a service of few instances, which starts seldom. */
export const REFUSALS_MIN = 3;
/** Monitoring has a quota's points up to 150 s late, in minutes of their own (Google's metric list, read 2026-11-25): what is younger may be missing. */
const QUOTA_METRICS_SECONDS = 300;

/**
 * A quota of a Google API is used up: the project is refused what it asks for, until the quota refills or is raised.
 * Sees "Quota exceeded" in what services log and in Cloud Run's own words about a request, beside Monitoring's use, limit and refusals of that quota.
 * Silent when no service was refused lately, however full a quota is, and about limits that other companies set.
 */
export const quotaExhausted = rule({
  layer: 'platform',
  title: 'Quota exhausted',
  needs: ['logs'],
  considers: ['platform'],
  explains: [
    'instance-ceiling-reached',
    'crash-after-ready',
    'startup-slower-than-probe',
    'started-too-early',
    'cloud-sql-socket-failing',
    'database-down',
    'secret-unavailable',
    'external-dependency-failing',
    'concurrency-mismatched',
    'traffic-surge',
  ],
  diagnose: ({ logs, platform }, context) => {
    const refused = logs.signatures.filter(
      ({ signature, lastAt }) => signature === 'quota-exceeded' && isRecent(lastAt, context),
    );
    const apis = [...new Set(refused.map(apiOf))].sort();
    const judged = apis.map((api) =>
      judge(
        api,
        refused.filter((line) => apiOf(line) === api),
        { logs, platform, context },
      ),
    );
    return standing(judged, judged.length === 0 ? 'no service was refused for want of a quota' : tooFew(apis));
  },
});

const tooFew = (apis: readonly string[]): string => `fewer than ${REFUSALS_MIN} refusals of each of ${apis.join(', ')}`;

/** The API that a refusal names, as Google writes it: "of service 'sqladmin.googleapis.com'", "limit for run.googleapis.com/cpu_allocation". */
const apiOf = ({ sample }: Pick<SignatureCount, 'sample'>): string =>
  /of service '([a-z.-]+\.googleapis\.com)'|limit for ([a-z.-]+\.googleapis\.com)\//
    .exec(sample)
    ?.slice(1)
    .find((name) => name !== undefined) ?? 'a Google API';

interface Beside {
  readonly logs: LogsObservation;
  readonly platform: PlatformObservation | undefined;
  readonly context: Context;
}

function judge(api: string, lines: readonly SignatureCount[], { logs, platform, context }: Beside): Conclusion {
  const count = lines.reduce((sum, line) => sum + line.count, 0);
  if (count < REFUSALS_MIN) return { kind: 'ruled-out', reason: `${api}: refused ${count} times` };
  const { project, region } = context.subject;
  const services = [...new Set(lines.map(({ service }) => service))].sort();
  const quotas = platform?.quotas.status === 'seen' ? platform.quotas.value : undefined;
  const quota = quotas?.find((one) => one.api === api);
  const atLeast = lines.some(({ log }) => logs.truncated[log]) ? 'at least ' : '';
  const use = quota === undefined ? '' : `: ${useInWords(quota)}`;
  return {
    kind: 'cause',
    target: `projects/${project}/services/${api}`,
    claim: `A quota of ${api} is used up${use}; ${services.join(', ')} ${services.length === 1 ? 'was' : 'were'} refused ${atLeast}${count} times.`,
    confidence: quota === undefined ? 'likely' : 'certain',
    evidence: [
      ...lines.slice(0, 2).map((line) => ({ text: `${line.count} times in ${line.service}: "${line.sample}"` })),
      {
        text:
          quota === undefined
            ? whyNoUse(platform)
            : `${quota.metric} in ${placeOf(quota, region)}: ${useInWords(quota)}.`,
        url: quotaPage(project, api),
      },
    ],
    expects: [countedByMonitoring(quotas, quota, lines, context)],
    services,
  };
}

const placeOf = ({ location }: QuotaUse, region: string): string => (location === 'global' ? 'the project' : region);

const UNITS: Readonly<Record<QuotaUse['kind'], string>> = {
  rate: ' within a minute',
  allocation: ' held',
  concurrent: ' held at once',
  unknown: '',
};

const useInWords = ({ used, limit, kind, refusedMinutes }: QuotaUse): string =>
  [
    ...(used === undefined || limit === undefined ? [] : [`${Math.round(used)} of ${Math.round(limit)}${UNITS[kind]}`]),
    ...(refusedMinutes === 0 ? [] : [`refusals in ${refusedMinutes} ${refusedMinutes === 1 ? 'minute' : 'minutes'}`]),
  ].join(', ') || 'its use is not known';

const whyNoUse = (platform: PlatformObservation | undefined): string =>
  platform?.quotas.status === 'unseen'
    ? `Its use could not be read: ${platform.quotas.why}`
    : 'Monitoring does not show it near its limit.';

/** Refusals that Monitoring should have by now and does not speak against it; those of the last minutes are on their way. */
function countedByMonitoring(
  quotas: readonly QuotaUse[] | undefined,
  quota: QuotaUse | undefined,
  lines: readonly SignatureCount[],
  { until }: Context,
): Expectation {
  const text = 'Monitoring counts refusals of it, or has it at its limit';
  if (quota !== undefined && (quota.refusedMinutes > 0 || ratioOf(quota) >= 1)) return { text, seen: 'yes' };
  const late = lines.every(({ firstAt }) => secondsBetween(firstAt, until) < QUOTA_METRICS_SECONDS);
  return { text, seen: quotas === undefined || late ? 'unknown' : 'no' };
}
