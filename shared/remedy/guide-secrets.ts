import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { SecretUse } from '../ports/cloud.ts';
import { lastOf, parseName, projectOf } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { type Or, refused } from './new-revision.ts';
import { shellWord } from './shell-word.ts';

type State = ServiceObservation['secrets'][number]['state'];

interface Version {
  readonly project: string;
  readonly secret: string;
  readonly version: string;
  readonly state: State;
}

const VERSION = /^projects\/([^/]+)\/secrets\/([^/]+)\/versions\/([^/]+)$/;

/** What is to be done about the secret that keeps instances of a service from starting. */
export function secretReadable(service: ServiceObservation): Or<{ readonly guide: Instructions }> {
  const [worst] = service.secrets.toSorted((a, b) => RANK[a.state] - RANK[b.state]);
  const [, project, secret, version] = VERSION.exec(worst?.name ?? '') ?? [];
  if (worst === undefined || project === undefined || secret === undefined || version === undefined)
    return refused(`${service.shortName} is known to refer to no secret`);
  const use = service.template.containers
    .flatMap(({ secrets }) => secrets)
    .find((one) => lastOf(one.secret) === secret);
  return { kind: 'found', guide: ofVersion({ project, secret, version, state: worst.state }, service, use) };
}

/** What is known to be wrong before what could not be looked at; one that is well may still be forbidden. */
const RANK: Readonly<Record<State, number>> = { destroyed: 0, missing: 0, disabled: 0, unknown: 1, enabled: 2 };

function ofVersion(one: Version, service: ServiceObservation, use: SecretUse | undefined): Instructions {
  const { project, secret, version, state } = one;
  const { shortName, template } = service;
  const at = `--secret=${secret} --project=${project}`;
  const told = {
    risk: 'low',
    check: {
      words: `See which versions ${secret} has, in which state, and who may read it.`,
      commands: `gcloud secrets versions list ${secret} --project=${project}\ngcloud secrets get-iam-policy ${secret} --project=${project}`,
    },
    expectedEffect: `new instances of ${shortName} start again`,
    expectedSeconds: 120,
    whatCouldGoWrong: 'A version that was taken away because it became known is in use again.',
  } as const;
  const titled = (title: string, after: string) => ({ title, before: `${secret}:${version} is ${state}`, after });
  switch (state) {
    case 'disabled':
      return {
        ...told,
        summary: titled(`Enable ${secret}:${version}`, `${secret}:${version} is enabled`),
        make: {
          words: 'This lets the version be read again.',
          commands: `gcloud secrets versions enable ${version} ${at}`,
        },
        undo: { words: 'This puts it back as it was:', commands: `gcloud secrets versions disable ${version} ${at}` },
      };
    case 'destroyed':
    case 'missing':
      return {
        ...told,
        ...newVersion(one, service, use),
        summary: titled(`Give ${shortName} a version of ${secret} that exists`, `${secret}:latest`),
      };
    case 'enabled':
    case 'unknown': {
      const member = shellWord(
        `serviceAccount:${template.serviceAccount ?? 'SERVICE_ACCOUNT'}`,
        'serviceAccount:SERVICE_ACCOUNT',
      );
      const binding = `${secret} --project=${project} --member=${member} --role=roles/secretmanager.secretAccessor`;
      return {
        ...told,
        summary: titled(
          `Let ${shortName} read ${secret}`,
          `${template.serviceAccount ?? 'SERVICE_ACCOUNT'} may read it`,
        ),
        make: {
          words: `This lets the service's account read the secret.${state === 'enabled' ? '' : ` What is wrong with it could not be read: where version ${version} is disabled, enable it instead (gcloud secrets versions enable ${version} ${at}).`}`,
          commands: `gcloud secrets add-iam-policy-binding ${binding}`,
        },
        undo: {
          words: 'This puts the policy back as it was:',
          commands: `gcloud secrets remove-iam-policy-binding ${binding}`,
        },
        whatCouldGoWrong: 'Whoever runs as this account can read every version of the secret.',
      };
    }
  }
}

/** What is destroyed does not come back: its value has to be known elsewhere. */
function newVersion(
  { project, secret, version }: Version,
  { name, shortName }: ServiceObservation,
  use: SecretUse | undefined,
) {
  const { region } = parseName(name);
  const own = projectOf(name);
  const where = use?.as ?? 'ENVIRONMENT_VARIABLE_OR_FILE';
  const set = (to: string) =>
    `gcloud run services update ${shortName} --project=${own} --region=${region} --update-secrets=${shellWord(`${where}=${secret}:${to}`, 'WHERE=SECRET:VERSION')}`;
  return {
    make: {
      words: `This writes the value from a file as a new version, and has ${shortName} read the newest in a new revision. The value must come from where it was made; a destroyed one cannot be had back.`,
      commands: `gcloud secrets versions add ${secret} --project=${project} --data-file=FILE_WITH_THE_VALUE\n${set('latest')}`,
    },
    undo: { words: `This has the service refer to version ${version} again:`, commands: set(version) },
    whatCouldGoWrong: 'A wrong value starts, and fails where it is used.',
  };
}
