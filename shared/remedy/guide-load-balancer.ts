import type { ChangesObservation } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LoadBalancerObservation } from '../evidence/load-balancer.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import { onBackend } from './backend-flags.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { type Or, refused } from './new-revision.ts';
import { shellWord } from './shell-word.ts';

type Guided = Or<{ readonly guide: Instructions }>;

/** The rule that denies most is only watched from then on, and denies nobody. */
export function requestsLetIn(
  target: string,
  { answers, policies }: LoadBalancerObservation,
  changes: ChangesObservation | undefined,
): Guided {
  const policy = lastOf(target);
  const project = projectOf(target);
  const kinds = answers.status === 'observed' ? answers.value.kinds : [];
  const [worst] = kinds.filter(({ deniedBy }) => deniedBy?.policy === policy).toSorted((a, b) => b.count - a.count);
  const priority = worst?.deniedBy?.priority;
  if (priority === undefined) return refused(`no rule of ${policy} was seen to deny anything`);
  const match =
    policies.status === 'observed'
      ? policies.value.find(({ name }) => name === policy)?.rules.find((one) => one.priority === priority)?.match
      : undefined;
  const at = `${priority} --security-policy=${shellWord(policy, 'SECURITY_POLICY')} --project=${project}`;
  return {
    kind: 'found',
    guide: {
      summary: {
        title: `Put rule ${priority} of ${policy} into preview`,
        before: `denies ${match ?? 'what it matches'}`,
        after: 'logs it, and denies nobody',
      },
      risk: 'high',
      check: {
        words: `Ask whether an attack is under way that it is meant for.${lastChange(changes, policy)}`,
        commands: `gcloud compute security-policies rules describe ${at}`,
      },
      make: {
        words:
          'In preview the rule still logs what it would deny, and lets it through. Narrow it, and take it out of preview again.',
        commands: `gcloud compute security-policies rules update ${at} --preview`,
      },
      undo: {
        words: 'This has it deny again:',
        commands: `gcloud compute security-policies rules update ${at} --no-preview`,
      },
      expectedEffect: 'requests that it denied get through within a few minutes',
      expectedSeconds: 180,
      whatCouldGoWrong: 'An attack that the rule held off gets through as well.',
    },
  };
}

/** A group with a service behind it, in the place of what leads nowhere. */
export function servedByGroup(
  target: string,
  {
    balancer,
    services,
    region,
  }: {
    readonly balancer: LoadBalancerObservation;
    readonly services: readonly ServiceObservation[];
    readonly region: string;
  },
): Guided {
  const backend = balancer.backends.find(({ link }) => target.endsWith(`/${link}`));
  if (backend === undefined) return refused(`backend ${lastOf(target)} was not observed`);
  const project = projectOf(target);
  const { name, groups } = backend;
  const gone = groups.filter((group) => group.target === 'gone');
  const service = likelyService([name, ...gone.flatMap((group) => group.service ?? [])], services) ?? 'SERVICE';
  const group = `${service === 'SERVICE' ? name : service}-neg-2`;
  const at = onBackend(backend.link, project);
  const inRegion = `--network-endpoint-group-region=${region}`;
  const attach = (verb: 'add' | 'remove', neg: string) =>
    `gcloud compute backend-services ${verb}-backend ${name} ${at} --network-endpoint-group=${neg} ${inRegion}`;
  const made = `gcloud compute network-endpoint-groups create ${group} --project=${project} --region=${region} --network-endpoint-type=serverless --cloud-run-service=${service}`;
  const unmade = `gcloud compute network-endpoint-groups delete ${group} --project=${project} --region=${region}`;
  return {
    kind: 'found',
    guide: {
      summary: {
        title: `Put a service behind ${name}`,
        before:
          gone.length === 0
            ? 'no group'
            : gone.map((one) => `${one.name} -> ${one.service ?? 'nothing'}, which is not there`).join(', '),
        after: `${group} -> ${service}`,
      },
      risk: 'medium',
      check: {
        words: `See which services there are, and which is to serve ${name}${service === 'SERVICE' ? '' : `: by its name it is ${service}`}. Where a group of it exists already, leave the first line out and name that one.`,
        commands: `gcloud run services list --project=${project} --region=${region}\ngcloud compute network-endpoint-groups list --project=${project} --filter="region:${region}"`,
      },
      make: {
        words: `This makes a group that leads to ${service}, and puts it behind the backend${gone.length === 0 ? '' : ' before what leads nowhere is taken away'}.`,
        commands: [made, attach('add', group), ...gone.map((one) => attach('remove', one.name))].join('\n'),
      },
      undo: {
        words: 'This puts the backend back as it was:',
        commands: [...gone.map((one) => attach('add', one.name)), attach('remove', group), unmade].join('\n'),
      },
      expectedEffect: `requests to ${name} reach ${service} within a few minutes`,
      expectedSeconds: 180,
      whatCouldGoWrong: 'A wrong service answers in the place of the right one.',
    },
  };
}

/** The service whose name the backend or its old group begins with: `auth` of `auth-backend` and `auth-v2`. */
const likelyService = (names: readonly string[], services: readonly ServiceObservation[]): string | undefined =>
  services.find(({ shortName }) => names.some((name) => name === shortName || name.startsWith(`${shortName}-`)))
    ?.shortName;
