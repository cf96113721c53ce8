import type { ChangesObservation } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { InvokersObservation } from '../evidence/invokers.ts';
import type { BackendObservation, LoadBalancerObservation } from '../evidence/load-balancer.ts';
import { parseName } from '../ports/resource-name.ts';
import { onBackend } from './backend-flags.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { terraform } from './permanence.ts';

interface Seen {
  readonly 'load-balancer'?: LoadBalancerObservation;
  readonly invokers?: InvokersObservation;
  readonly changes?: ChangesObservation;
}

/** Whoever asks is let in again: by the service's own policy, or past Identity-Aware Proxy where that is what keeps them out. */
export function callerAdmitted(service: ServiceObservation, seen: Seen): Instructions {
  const { shortName, name } = service;
  const callers = seen.invokers?.services.find((one) => one.service === shortName)?.callers;
  const isRefused = callers?.status === 'observed' && callers.value.everybody === 'refused';
  const guarded = seen['load-balancer']?.backends.find(
    (one) => one.identityAwareProxy === 'on' && one.groups.some((group) => group.service === shortName),
  );
  return guarded !== undefined && !isRefused
    ? withoutProxy(guarded, parseName(name).project, shortName, seen.changes)
    : byPolicy(service, seen.changes);
}

function byPolicy({ name, shortName }: ServiceObservation, changes: ChangesObservation | undefined): Instructions {
  const { project, region } = parseName(name);
  const at = `${shortName} --project=${project} --region=${region}`;
  const binding = '--member=allUsers --role=roles/run.invoker';
  return {
    summary: {
      title: `Let everybody call ${shortName}`,
      before: 'callers without a right are refused',
      after: 'allUsers has roles/run.invoker',
    },
    risk: 'high',
    check: {
      words: `Ask whether ${shortName} is to be public: if it was closed on purpose, give roles/run.invoker to its callers' accounts instead of allUsers.${lastChange(changes, shortName)}`,
      commands: `gcloud run services get-iam-policy ${at}`,
    },
    make: {
      words: 'This lets anybody on the internet who reaches the service call it, and takes nothing from others.',
      commands: `gcloud run services add-iam-policy-binding ${at} ${binding}`,
    },
    undo: {
      words: 'This puts the policy back as it was:',
      commands: `gcloud run services remove-iam-policy-binding ${at} ${binding}`,
    },
    expectedEffect: 'requests reach the service again; a policy takes up to two minutes, seldom seven',
    expectedSeconds: 120,
    whatCouldGoWrong: 'What was shut on purpose is open to everybody. An organisation policy may forbid allUsers.',
    terraform: terraform(
      'google_cloud_run_v2_service_iam_member',
      `${shortName}_public`,
      `name     = "${shortName}"\nlocation = "${region}"\nrole     = "roles/run.invoker"\nmember   = "allUsers"`,
    ),
  };
}

function withoutProxy(
  { name, link }: BackendObservation,
  project: string,
  service: string,
  changes: ChangesObservation | undefined,
): Instructions {
  const set = (iap: 'enabled' | 'disabled') =>
    `gcloud compute backend-services update ${name} ${onBackend(link, project)} --iap=${iap}`;
  return {
    summary: {
      title: `Take Identity-Aware Proxy off ${name}`,
      before: `IAP before ${service}`,
      after: `no IAP before ${service}`,
    },
    risk: 'high',
    check: {
      words: `Ask whether ${service} is to be behind a log-in: if it is, its callers need roles/iap.httpsResourceAccessor instead.${lastChange(changes, name)}`,
      commands: `gcloud compute backend-services describe ${name} ${onBackend(link, project)} --format="yaml(iap)"`,
    },
    make: { words: 'This lets requests through without a log-in.', commands: set('disabled') },
    undo: { words: 'This puts IAP before it again:', commands: set('enabled') },
    expectedEffect: 'requests reach the service again within a few minutes',
    expectedSeconds: 300,
    whatCouldGoWrong: 'What was put behind a log-in on purpose is open to everybody.',
    terraform: terraform('google_compute_backend_service', name, 'iap {\n  enabled = false\n}'),
  };
}
