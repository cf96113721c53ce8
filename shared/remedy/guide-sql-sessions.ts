import { type AboutDatabase, instanceOf } from './about-database.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { shellWord } from './shell-word.ts';

/** A session that did nothing for so long is no one's in the middle of something. Our own choice. */
const IDLE_MINUTES = 5;

const isMysql = ({ database: { kind } }: AboutDatabase): boolean => kind === 'mysql';

/** Opens a session; what is said in it stands below the command. Without a public address gcloud reaches nothing: then it is a client of its own. */
function session(about: AboutDatabase, statements: string): string {
  const { id, project } = instanceOf(about);
  const inside = addressInside(about);
  const opened = isMysql(about)
    ? { gcloud: '--user=root', client: `mysql --host=${inside} --user=root --password` }
    : { gcloud: '--user=postgres', client: `psql --host=${inside} --username=postgres postgres` };
  return `${inside === undefined ? `gcloud sql connect ${id} --project=${project} ${opened.gcloud}` : opened.client}\n${statements}`;
}

/** undefined: it has a public address, which gcloud opens for a moment. */
function addressInside({ database: { sql, address } }: AboutDatabase): string | undefined {
  if (sql?.hasPublicAddress === true) return undefined;
  return shellWord(sql?.privateAddress ?? address?.split(':')[0] ?? 'ADDRESS', 'ADDRESS');
}

const fromWhere = (about: AboutDatabase): string =>
  addressInside(about) === undefined ? '' : 'From a machine in the VPC. ';

const WHO = {
  postgresql: 'SELECT usename, client_addr, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC;',
  mysql: 'SELECT user, host, command, count(*) FROM information_schema.processlist GROUP BY 1, 2, 3 ORDER BY 4 DESC;',
};

/** Room for those who are refused: what idles is ended first, the limit is raised where the pools are meant. */
export function connectionsFreed(about: AboutDatabase): Instructions {
  const { database, harmed } = about;
  const { id, project } = instanceOf(about);
  const limit = database.limit?.connections;
  const held = database.connections.at(-1)?.value;
  const before = `${held ?? 'an unknown number'} of ${limit ?? 'an unknown number of'} connections held`;
  const ended = isMysql(about)
    ? `SELECT concat('KILL ', id, ';') FROM information_schema.processlist WHERE command = 'Sleep' AND time > ${IDLE_MINUTES * 60};`
    : `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND state_change < now() - interval '${IDLE_MINUTES} minutes' AND pid <> pg_backend_pid();`;
  const raise = limit === undefined ? 'NEW_LIMIT' : String(limit * 2);
  return {
    summary: {
      title: `Free connections of ${database.name}`,
      before,
      after: `none idle for more than ${IDLE_MINUTES} min`,
    },
    risk: 'medium',
    check: {
      words: `${fromWhere(about)}See who holds them${harmed.length === 0 ? '' : ` while ${harmed.join(', ')} get none`}: a job or a person beside the services, or pools that are too large together.`,
      commands: session(about, isMysql(about) ? WHO.mysql : WHO.postgresql),
    },
    make: {
      words: `This ends sessions that idle; they open again when they are needed.${isMysql(about) ? ' It prints the statements: say those that you mean.' : ''} Where the pools together want more than there is, make them smaller, or raise max_connections to ${raise}: --database-flags names every flag that is to stand, and it restarts the instance.`,
      commands: session(about, ended),
    },
    undo: {
      words: 'Sessions that were ended cannot be had back. A flag is put back the same way; what flags stand shows',
      commands: `gcloud sql instances describe ${id} --project=${project} --format="yaml(settings.databaseFlags)"`,
    },
    expectedEffect: 'those who were refused get connections within a minute',
    expectedSeconds: 60,
    whatCouldGoWrong:
      'Whoever held such a session meets a broken connection at its next statement. It fills up again where the pools are too large together.',
  };
}

/** A query, or one that holds what the others wait for, is ended. */
export function queriesEnded(about: AboutDatabase): Instructions {
  const { database } = about;
  const { id, project } = instanceOf(about);
  const cpu = database.cpuRatio.at(-1)?.value;
  const [seen, ended] = isMysql(about)
    ? [
        "SELECT * FROM sys.innodb_lock_waits;\nSELECT id, user, time, state, left(info, 80) FROM information_schema.processlist WHERE command <> 'Sleep' ORDER BY time DESC LIMIT 20;",
        'KILL QUERY ID;',
      ]
    : [
        "SELECT pid, usename, now() - xact_start AS since, wait_event_type, pg_blocking_pids(pid) AS blocked_by, left(query, 80) FROM pg_stat_activity WHERE state <> 'idle' ORDER BY xact_start LIMIT 20;",
        'SELECT pg_cancel_backend(PID);',
      ];
  return {
    summary: {
      title: `End what keeps ${database.name} busy`,
      before:
        cpu === undefined
          ? 'queries that take too long'
          : `CPU at ${Math.round(cpu * 100)} %, queries that take too long`,
      after: 'the query that blocks or burns is ended',
    },
    risk: 'medium',
    check: {
      words: `${fromWhere(about)}See which session is oldest, what it does, and whom the others wait for.`,
      commands: session(about, seen),
    },
    make: {
      words: `This ends one statement, and its transaction is rolled back. A session that idles in its transaction takes ${isMysql(about) ? 'KILL ID' : 'pg_terminate_backend(PID)'}. Where no single query is to blame, it needs an index, or a larger machine: gcloud sql instances patch ${id} --project=${project} --tier=NEW_TIER, which restarts it.`,
      commands: session(about, ended),
    },
    undo: { words: 'A statement that was ended is rolled back; whoever needs it runs it again.' },
    expectedEffect: 'queries that waited go on within seconds',
    expectedSeconds: 60,
    whatCouldGoWrong:
      'What the statement did until then is lost, and rolling back much can take as long as it had run.',
  };
}

/** `as backend:` of what the rule says. */
const AS_USER = / as ([A-Za-z0-9_.@-]+):/;

/** The database is told the password that the services have, or they the one that it has. */
export function loginAdmitted(about: AboutDatabase, claim: string): Instructions {
  const { database, changes, harmed } = about;
  const { id, project } = instanceOf(about);
  const user = shellWord(AS_USER.exec(claim)?.[1] ?? 'DATABASE_USER', 'DATABASE_USER');
  const host = isMysql(about) ? ' --host=%' : '';
  const names = harmed.join(', ') || 'the services';
  return {
    summary: {
      title: `Let ${user} log in to ${database.name} again`,
      before: `the password of ${user} is not the one that ${names} has`,
      after: 'the same on both sides',
    },
    risk: 'medium',
    check: {
      words: `See whether the user is still there, and which side was changed: the database, or the secret.${lastChange(changes, id)} Not the one that is older is to be changed back, but the one that was changed by mistake.`,
      commands: `gcloud sql users list --instance=${id} --project=${project}\ngcloud secrets versions list SECRET --project=${project}`,
    },
    make: {
      words: `This sets the password of the user to what you type: the one that ${names} has. Where the secret is wrong instead, add its right value (gcloud secrets versions add SECRET --data-file=FILE_WITH_THE_VALUE) and start ${names} anew.`,
      commands: `gcloud sql users set-password ${user}${host} --instance=${id} --project=${project} --prompt-for-password`,
    },
    undo: { words: 'The password from before is set the same way, by whoever knows it.' },
    expectedEffect: `${names} log in again with the next connection`,
    expectedSeconds: 60,
    whatCouldGoWrong: 'Whoever else logs in as this user with the newer password is turned away.',
  };
}
