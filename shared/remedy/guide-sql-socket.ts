import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { parseName } from '../ports/resource-name.ts';
import { logsOf } from './about-database.ts';
import type { Instructions } from './by-hand.ts';
import { terraform } from './permanence.ts';
import { shellWord } from './shell-word.ts';

/** The socket of Cloud SQL needs the right to connect, the Admin API, and an instance that takes it: where lines say which, that; else the instance. */
export function socketReachable(service: ServiceObservation, logs: LogsObservation | undefined): Instructions {
  const { shortName, name, template } = service;
  const { project } = parseName(name);
  const [, ofInstance = project, , id = 'INSTANCE'] =
    /^([^:]+):([^:]+):([^:]+)$/.exec(template.cloudSqlInstances?.[0] ?? '') ?? [];
  const instance = shellWord(id, 'INSTANCE');
  const isForbidden = (logs?.signatures ?? []).some(
    ({ service: by, signature, sample }) =>
      by === shortName && signature.startsWith('cloud-sql-socket') && /403|NOT_AUTHORIZED|forbidden/.test(sample),
  );
  const check = {
    words: 'See that the instance runs and is the one that the service mounts, and what the service says.',
    commands: `gcloud sql instances describe ${instance} --project=${ofInstance} --format="yaml(state,connectionName,settings.activationPolicy)"\n${logsOf(shortName, project)}`,
  };
  return isForbidden
    ? granted(service, ofInstance, check)
    : restarted({ shortName, instance, project: ofInstance }, check);
}

function granted(
  { shortName, template }: ServiceObservation,
  project: string,
  check: Instructions['check'],
): Instructions {
  const account = template.serviceAccount ?? 'SERVICE_ACCOUNT';
  const member = shellWord(`serviceAccount:${account}`, 'serviceAccount:SERVICE_ACCOUNT');
  const binding = `${project} --member=${member} --role=roles/cloudsql.client`;
  return {
    summary: {
      title: `Let ${shortName} connect to Cloud SQL`,
      before: `${account} may not connect`,
      after: `${account} has roles/cloudsql.client`,
    },
    risk: 'low',
    check,
    make: {
      words: 'This gives the service’s account the right to connect, to every instance of the project.',
      commands: `gcloud projects add-iam-policy-binding ${binding}`,
    },
    undo: {
      words: 'This puts the policy back as it was:',
      commands: `gcloud projects remove-iam-policy-binding ${binding}`,
    },
    expectedEffect: 'the socket connects within two minutes, seldom seven',
    expectedSeconds: 120,
    whatCouldGoWrong:
      'Whoever runs as this account can connect to every instance of the project; a database password is still asked for.',
    terraform: terraform(
      'google_project_iam_member',
      `${shortName}_cloudsql`,
      `project = "${project}"\nrole    = "roles/cloudsql.client"\nmember  = "serviceAccount:${account}"`,
    ),
  };
}

function restarted(
  { shortName, instance, project }: { readonly shortName: string; readonly instance: string; readonly project: string },
  check: Instructions['check'],
): Instructions {
  return {
    summary: {
      title: `Restart ${instance}, behind the socket of ${shortName}`,
      before: 'its socket ends every connection',
      after: 'started anew',
    },
    risk: 'high',
    check,
    make: {
      words:
        'This stops the database’s process and starts it again. What was committed stays; every connection of every user is lost. Where others reach the instance by its address, it is well, and this is a case for Google’s support.',
      commands: `gcloud sql instances restart ${instance} --project=${project}`,
    },
    undo: { words: 'A restart cannot be undone.' },
    expectedEffect: 'the socket takes connections again',
    expectedSeconds: 180,
    whatCouldGoWrong: 'Nobody is served while it starts, which takes minutes where much is to be recovered.',
  };
}
