import { isAlive, seenFromVpc } from '../diagnosis/database-facts.ts';
import type { SqlInstance } from '../ports/databases.ts';
import { type AboutDatabase, instanceOf, startedAnew } from './about-database.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { terraform } from './permanence.ts';

/** A SQL database that does not answer: started, waited for, failed over or restarted; and where it is back, those who use it are. */
export function sqlAway(about: AboutDatabase): Instructions {
  const { database } = about;
  const { sql, operations } = { sql: database.sql, operations: database.sql?.operations ?? [] };
  const seen = seenFromVpc(database, [database]);
  if (seen !== undefined && isAlive(seen)) return startedAnew(about);
  if (sql?.activationPolicy === 'NEVER') return started(about);
  if (sql !== undefined && sql.state !== 'RUNNABLE') return waited(about, sql.state);
  const running = operations.find(({ status, type }) => status === 'running' && type !== 'UPDATE');
  return running === undefined ? restarted(about, sql) : waited(about, running.type);
}

const showing = ({ id, project }: { readonly id: string; readonly project: string }): string =>
  `gcloud sql instances describe ${id} --project=${project} --format="yaml(state,suspensionReason,settings.activationPolicy,settings.availabilityType)"\ngcloud sql operations list --instance=${id} --project=${project} --limit=5`;

function started(about: AboutDatabase): Instructions {
  const { database, changes } = about;
  const at = instanceOf(about);
  const set = (policy: 'ALWAYS' | 'NEVER') =>
    `gcloud sql instances patch ${at.id} --activation-policy=${policy} --project=${at.project}`;
  return {
    summary: {
      title: `Start ${database.name}`,
      before: 'stopped (activation policy NEVER)',
      after: 'running (ALWAYS)',
    },
    risk: 'low',
    check: {
      words: `Ask whoever stopped it whether it is still to be stopped.${lastChange(changes, at.id)}`,
      commands: showing(at),
    },
    make: {
      words: 'This starts the instance as it was, and takes a few minutes. It is paid for while it runs.',
      commands: set('ALWAYS'),
    },
    undo: { words: 'This stops it again:', commands: set('NEVER') },
    expectedEffect: `${database.name} takes connections again`,
    expectedSeconds: 300,
    whatCouldGoWrong: 'Work that it was stopped for, such as a restore, is interrupted.',
    terraform: terraform('google_sql_database_instance', at.id, 'settings {\n  activation_policy = "ALWAYS"\n}'),
  };
}

/** What the platform is at ends by itself, and takes no other change meanwhile. */
function waited(about: AboutDatabase, what: string): Instructions {
  const { database } = about;
  const at = instanceOf(about);
  return {
    summary: { title: `See ${database.name} through ${what}`, before: what, after: 'RUNNABLE' },
    risk: 'low',
    check: {
      words:
        'See what is under way, since when, and who began it. A suspended instance says why: most often it is not paid for.',
      commands: showing(at),
    },
    make: {
      words:
        'Cloud SQL takes no other change meanwhile: this waits until what is under way has ended (OPERATION from the list above). Where nothing moves for long, it is a case for Google’s support.',
      commands: `gcloud sql operations wait OPERATION --project=${at.project} --timeout=600`,
    },
    undo: { words: 'Nothing is changed, and nothing is to be undone.' },
    expectedEffect: `${database.name} takes connections again when it has ended`,
    expectedSeconds: 600,
    whatCouldGoWrong: 'Nothing is changed by waiting; users go without meanwhile.',
  };
}

function restarted(about: AboutDatabase, sql: SqlInstance | undefined): Instructions {
  const { database } = about;
  const at = instanceOf(about);
  const isDouble = sql?.highlyAvailable === true;
  const verb = isDouble ? 'failover' : 'restart';
  const list = sql === undefined ? `gcloud sql instances list --project=${at.project}\n` : '';
  return {
    summary: {
      title: `${isDouble ? 'Fail over' : 'Restart'} ${database.name}`,
      before: `${sql?.state ?? 'a state that could not be read'}, and no answer from inside the VPC`,
      after: isDouble ? 'its standby serves' : 'started anew',
    },
    risk: 'high',
    check: {
      words: `See that no operation is under way, and what its log says last.${sql === undefined ? ' Which INSTANCE it is could not be read; one that is not Google’s is restarted where it runs.' : ''}`,
      commands: `${list}${showing(at)}\ngcloud logging read 'resource.type="cloudsql_database" AND resource.labels.database_id="${at.project}:${at.id}"' --project=${at.project} --freshness=30m --limit=20`,
    },
    make: {
      words: isDouble
        ? 'This puts the standby in the place of the instance, within about a minute; the address stays.'
        : 'This stops the process and starts it again. What was committed stays; every connection is lost.',
      commands: `gcloud sql instances ${verb} ${at.id} --project=${at.project}`,
    },
    undo: {
      words: isDouble ? 'Failing over once more puts the first one back:' : 'A restart cannot be undone.',
      ...(isDouble ? { commands: `gcloud sql instances failover ${at.id} --project=${at.project}` } : {}),
    },
    expectedEffect: `${database.name} answers again`,
    expectedSeconds: 180,
    whatCouldGoWrong:
      'After a hard end it recovers from its log first, which can take minutes; nobody is served meanwhile.',
  };
}
