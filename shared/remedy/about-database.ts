import type { ChangesObservation } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { ObservedDatabase } from '../evidence/database.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { shellWord } from './shell-word.ts';

/** What a guide to a database is made from. */
export interface AboutDatabase {
  readonly database: ObservedDatabase;
  /** The environment's own, for what belongs to no product of Google's that could be read. */
  readonly project: string;
  readonly region: string;
  readonly services: readonly ServiceObservation[];
  readonly changes: ChangesObservation | undefined;
  /** Short names of the services that go without. */
  readonly harmed: readonly string[];
  readonly mark: string;
}

/** As gcloud names it: the instance and its project; a placeholder where only an address is known. */
export function instanceOf(
  { database, project }: AboutDatabase,
  placeholder: 'INSTANCE' | 'REDIS_INSTANCE' = 'INSTANCE',
) {
  const [, ofGoogle] = /^projects\/([^/]+)\//.exec(database.target) ?? [];
  return ofGoogle === undefined
    ? { id: placeholder, project }
    : { id: shellWord(lastOf(database.target), placeholder), project: ofGoogle };
}

/** New instances of those who use it, with connections of their own. */
export function startedAnew({ database, services, harmed, mark }: AboutDatabase): Instructions {
  const users = services.filter(({ shortName }) => harmed.includes(shortName));
  const names = harmed.join(', ') || 'those who use it';
  const commands = users.map(({ name, shortName }) => {
    const [, project, , region] = name.split('/');
    return `gcloud run services update ${shortName} --project=${project} --region=${region} --update-labels=restarted-by-hand=${mark}`;
  });
  return {
    summary: {
      title: `Start ${names} anew`,
      before: `connections to ${database.name} from before`,
      after: 'new instances, with connections of their own',
    },
    risk: 'medium',
    check: {
      words: `${database.name} answers from inside the VPC. See that it does, and that ${names} still say otherwise.`,
      commands:
        users.map(({ shortName, name }) => logsOf(shortName, projectOf(name))).join('\n') ||
        logsOf('SERVICE', 'PROJECT'),
    },
    make: {
      words: 'A label alone makes a new revision of the same image and settings, whose instances connect anew.',
      commands:
        commands.join('\n') || 'gcloud run services update SERVICE --region=REGION --update-labels=restarted-by-hand=1',
    },
    undo: { words: 'Nothing is to be undone: the label may stay.' },
    expectedEffect: `${names} use ${database.name} again`,
    expectedSeconds: 120,
    whatCouldGoWrong: 'Every instance is replaced; where traffic is pinned to a revision, the new one serves nobody.',
  };
}

/** The newest lines of a service that speak of trouble. */
export const logsOf = (service: string, project: string): string =>
  `gcloud logging read 'resource.type="cloud_run_revision" AND resource.labels.service_name="${service}" AND severity>=ERROR' --project=${project} --freshness=30m --limit=20`;
