import { isAlive, seenFromVpc } from '../diagnosis/database-facts.ts';
import { parseName } from '../ports/resource-name.ts';
import { type AboutDatabase, instanceOf, startedAnew } from './about-database.ts';
import type { Instructions } from './by-hand.ts';
import { type Or, refused } from './new-revision.ts';
import { terraform } from './permanence.ts';

const placed = (about: AboutDatabase) => {
  const { id, project } = instanceOf(about, 'REDIS_INSTANCE');
  const region = about.database.redis === undefined ? about.region : parseName(about.database.redis.name).region;
  return { id, at: `${id} --project=${project} --region=${region}` };
};

const describe = (at: string): string =>
  `gcloud redis instances describe ${at} --format="yaml(state,statusMessage,tier,memorySizeGb,redisConfigs)"`;

/** Memorystore scales in these tiers alone without losing what is stored. Source: Memorystore for Redis, scaling instances (read 2026-11-30). */
const isReplicated = (tier: string | undefined): boolean => tier === 'STANDARD_HA';

/** A Redis that does not answer: waited for, failed over, or replaced; and where it is well, its clients are on the wrong node. */
export function redisAway(about: AboutDatabase): Instructions {
  const { database } = about;
  const { redis } = database;
  const { at } = placed(about);
  const seen = seenFromVpc(database, [database]);
  if (seen !== undefined && isAlive(seen)) return startedAnew(about);
  if (redis !== undefined && redis.state !== 'READY') return waited(about, redis.state);
  if (isReplicated(redis?.tier))
    return {
      summary: {
        title: `Fail over ${database.name}`,
        before: 'READY, and no answer from inside the VPC',
        after: 'its replica serves',
      },
      risk: 'medium',
      check: { words: 'See that nothing is under way with it.', commands: describe(at) },
      make: {
        words:
          'This puts the replica in the place of the primary; the address stays. It refuses where the replica lags far behind: force-data-loss goes on all the same.',
        commands: `gcloud redis instances failover ${at} --data-protection-mode=limited-data-loss`,
      },
      undo: {
        words: 'Failing over once more puts the first one back:',
        commands: `gcloud redis instances failover ${at} --data-protection-mode=limited-data-loss`,
      },
      expectedEffect: `${database.name} answers again within about a minute`,
      expectedSeconds: 60,
      whatCouldGoWrong: 'The last writes that had not reached the replica are lost.',
    };
  return resized(about, {
    title: `Replace the node of ${database.name}`,
    before: `${redis?.state ?? 'a state that could not be read'}, and no answer from inside the VPC`,
    words: 'A Redis of the basic tier has no restart: another size gives it a new node, at the same address.',
  });
}

function waited(about: AboutDatabase, state: string): Instructions {
  const { database } = about;
  return {
    summary: { title: `See ${database.name} through ${state}`, before: state, after: 'READY' },
    risk: 'low',
    check: { words: 'See what Memorystore says of it, and since when.', commands: describe(placed(about).at) },
    make: {
      words:
        'Memorystore is at it, and takes no other change meanwhile: ask again until it is READY. Where nothing moves for a quarter of an hour, it is a case for Google’s support.',
      commands: `gcloud redis instances describe ${placed(about).at} --format="value(state)"`,
    },
    undo: { words: 'Nothing is changed, and nothing is to be undone.' },
    expectedEffect: `${database.name} answers again when it is READY`,
    expectedSeconds: 600,
    whatCouldGoWrong: 'Nothing is changed by waiting; users go without meanwhile.',
  };
}

export function redisFull(about: AboutDatabase): Or<{ readonly guide: Instructions }> {
  const { database } = about;
  const { redis } = database;
  if (redis?.memorySizeGb === undefined) return refused(`the size of ${database.name} could not be read`);
  const guide = resized(about, {
    title: `Give ${database.name} more memory`,
    before: `${redis.memorySizeGb} GB, full under ${redis.evictionPolicy}`,
    words: `This gives it more memory. Where all that it holds is a cache, it may throw keys away instead: gcloud redis instances update ${placed(about).at} --update-redis-config=maxmemory-policy=allkeys-lru.`,
  });
  return { kind: 'found', guide };
}

/** Twice as much: memory fills by more than was thought. Our own choice. */
function resized(
  about: AboutDatabase,
  told: { readonly title: string; readonly before: string; readonly words: string },
): Instructions {
  const { database } = about;
  const { redis } = database;
  const { id, at } = placed(about);
  const size = redis?.memorySizeGb;
  const wanted = size === undefined ? 'NEW_SIZE_GB' : String(size * 2);
  const set = (to: string) => `gcloud redis instances update ${at} --size=${to}`;
  return {
    summary: { title: told.title, before: told.before, after: `${wanted} GB` },
    risk: isReplicated(redis?.tier) ? 'medium' : 'high',
    check: {
      words: 'See its size and tier, and whether anything is stored in it that is nowhere else.',
      commands: describe(at),
    },
    make: { words: told.words, commands: set(wanted) },
    undo: {
      words: 'This puts the size back as it was:',
      commands: set(size === undefined ? 'OLD_SIZE_GB' : String(size)),
    },
    expectedEffect: `${database.name} answers and takes writes again`,
    expectedSeconds: 300,
    whatCouldGoWrong: isReplicated(redis?.tier)
      ? 'Connections break once while it fails over.'
      : 'In the basic tier all that is stored is lost, and it is away for some minutes. It is paid for by its size.',
    ...(size === undefined ? {} : { terraform: terraform('google_redis_instance', id, `memory_size_gb = ${wanted}`) }),
  };
}
