import type { ChangesObservation } from '../evidence/changes.ts';
import type { QuotaUse } from '../evidence/quota-use.ts';
import { lastOf, parseName, projectOf } from '../ports/resource-name.ts';
import { byHand, type Instructions } from './by-hand.ts';
import { refused } from './new-revision.ts';
import { shellWord } from './shell-word.ts';

/** What is asked for: less would be asked for again next month. Our own choice. */
const FACTOR = 2;

/** What Google's APIs are called, so that a name from a log line is no command. */
const API = /^[a-z][a-z.-]*\.googleapis\.com$/;

/**
 * Guides people through asking for more of a quota: of the API that refuses, or of the CPUs that a connector could not be made for.
 * API: none, people make it.
 * Silent (refuses) where a connector failed for another reason than a quota.
 * Source of the commands: Cloud Quotas, gcloud beta quotas (read 2026-11-30).
 */
export const guidedQuota = byHand({
  title: 'Ask for more of the quota',
  answers: ['quota-exhausted', 'connector-in-error'],
  needs: [],
  considers: ['platform', 'changes'],
  guide: ({ cause: { rule, target }, seen: { platform, changes } }) => {
    const project = projectOf(target);
    if (rule === 'connector-in-error') {
      const said = quotaRefusal(lastOf(target), changes);
      if (said === undefined) return refused(`nothing says that ${lastOf(target)} failed for want of a quota`);
      return { kind: 'found', guide: ofConnector(project, parseName(target).region, lastOf(target), said) };
    }
    const api = lastOf(target);
    const quota = platform?.quotas.status === 'seen' ? platform.quotas.value.find((one) => one.api === api) : undefined;
    return { kind: 'found', guide: ofApi(project, api, quota) };
  },
});

const quotaRefusal = (connector: string, changes: ChangesObservation | undefined): string | undefined =>
  changes?.changes.find(
    ({ name, outcome, detail }) => name === connector && outcome === 'refused' && /quota/i.test(detail),
  )?.detail;

const list = (project: string, service: string, filter: string): string =>
  `gcloud beta quotas info list --service=${service} --project=${project}${filter}`;

const ask = (
  project: string,
  service: string,
  { id, value, region }: { readonly id: string; readonly value: string; readonly region: string | undefined },
): string =>
  `gcloud beta quotas preferences create --service=${service} --project=${project} --quota-id=${id} --preferred-value=${value}${region === undefined ? '' : ` --dimensions=region=${region}`} --email=YOUR_EMAIL`;

const UNDO = {
  words: 'A higher quota costs nothing by itself. To have the old one again, ask for it the same way.',
} as const;

function ofApi(project: string, api: string, quota: QuotaUse | undefined): Instructions {
  const service = API.test(api) ? api : 'API_NAME.googleapis.com';
  const limit = quota?.limit;
  const wanted = limit === undefined ? 'NEW_LIMIT' : String(Math.ceil(limit * FACTOR));
  const region = quota === undefined || quota.location === 'global' ? undefined : quota.location;
  const refills =
    quota?.kind === 'rate'
      ? ' It refills every minute: what asks for so much may be the fault, and asking for less is the quickest help.'
      : '';
  return {
    summary: {
      title: `Ask for more of ${quota?.metric ?? `a quota of ${service}`}`,
      before:
        limit === undefined
          ? 'a limit that is not known'
          : `${Math.round(limit)}${region === undefined ? '' : ` in ${region}`}`,
      after: `${wanted}, once Google grants it`,
    },
    risk: 'low',
    check: {
      words: `Find QUOTA_ID, and see who asks for so much.${refills}`,
      commands: list(
        project,
        service,
        quota === undefined ? '' : ` --filter=${shellWord(`metric=${quota.metric}`, 'FILTER')}`,
      ),
    },
    make: {
      words: 'This asks Google; small raises are granted within minutes, others by people within days.',
      commands: ask(project, service, { id: 'QUOTA_ID', value: wanted, region }),
    },
    undo: UNDO,
    expectedEffect: 'nothing is refused any more, once it is granted',
    expectedSeconds: 900,
    whatCouldGoWrong: 'Google may grant less, or not at once. What is used beyond the old limit is paid for.',
  };
}

function ofConnector(project: string, region: string, connector: string, said: string): Instructions {
  return {
    summary: {
      title: `Ask for more CPUs in ${region}, for connector ${connector}`,
      before: said,
      after: 'NEW_LIMIT CPUs, once Google grants it',
    },
    risk: 'low',
    check: {
      words:
        'See which CPU quota is used up, and whether machines that nobody needs hold it: the connector would end in ERROR again before there is room.',
      commands: `gcloud compute regions describe ${region} --project=${project} --flatten=quotas --format="table(quotas.metric,quotas.usage,quotas.limit)"`,
    },
    make: {
      words: 'This asks Google for more CPUs. Make the connector anew when they are granted.',
      commands: ask(project, 'compute.googleapis.com', { id: 'CPUS-per-project-region', value: 'NEW_LIMIT', region }),
    },
    undo: UNDO,
    expectedEffect: 'there is room for the connector’s machines, which are then to be made anew',
    expectedSeconds: 900,
    whatCouldGoWrong: 'Google may grant less, or not at once. Until then services reach nothing through the connector.',
  };
}
