import type { Commit } from '../../../shared/incident/store.ts';
import type { Parts } from './functions.ts';
import type { Tampering } from './plot.ts';

/** The same object but for some of its methods. */
const altered = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, {
    get: (object, property) => {
      const changed: unknown = Reflect.get(methods, property);
      if (changed !== undefined) return changed;
      const value: unknown = Reflect.get(object, property, object);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });

const withStore = (change: (store: Parts['store']) => Partial<Parts['store']>): Tampering => {
  return (parts) => ({ ...parts, store: altered(parts.store, change(parts.store)) });
};

/** Faults that somebody might build in with the best of intentions. Each must be found. */
export const planted: Readonly<Record<string, Tampering>> = {
  'effects are taken for delivered as soon as they are saved': withStore((store) => ({
    commit: async (commit) => {
      const result = await store.commit(commit);
      if (result.kind === 'saved') await store.markDelivered(result.effects.map(({ id }) => id));
      return result;
    },
  })),

  'patrol does not look for effects that a crash left behind': withStore(() => ({ undelivered: async () => [] })),

  'the later writer wins': withStore((store) => ({
    commit: async (commit) => store.commit(await forced(commit, store)),
  })),

  'end-to-end tests are started without a look for what began before': (parts) => ({
    ...parts,
    testRuns: altered(parts.testRuns, { begunSince: async () => undefined }),
  }),

  'a resource is read once and remembered': (parts) => {
    const remembered = new Map<string, unknown>();
    const once = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
      if (!remembered.has(name)) remembered.set(name, await read());
      // Sound: only this very read writes under its name.
      return remembered.get(name) as T;
    };
    const { cloud } = parts;
    return {
      ...parts,
      cloud: altered(cloud, {
        connector: (name, abort) => once(name, () => cloud.connector(name, abort)),
        service: (name, abort) => once(name, () => cloud.service(name, abort)),
      }),
    };
  },

  'a resource is given to whoever asks for it': withStore(() => ({
    leases: async () => [],
    saveLease: async () => true,
  })),

  'whoever clicks is taken to be on call': (parts) => ({
    ...parts,
    chat: altered(parts.chat, { usergroupMembers: async () => ['U0ANN', 'U0BEN', 'U0SAM'] }),
  }),

  'a card is saved whoever saved it meanwhile': withStore((store) => ({
    saveCard: async (_, after) => {
      const present = await store.card(after.incident);
      return store.saveCard(present, { ...after, revision: (present?.revision ?? 0) + 1 });
    },
  })),
};

/** The commit as if nobody had written in between. */
async function forced(commit: Commit, store: Parts['store']): Promise<Commit> {
  const present = commit.before && (await store.load(commit.before.id));
  if (present === undefined || present.version === commit.before?.version) return commit;
  const version = present.version + 1;
  return { ...commit, before: present, after: { ...commit.after, version }, audit: { ...commit.audit, version } };
}
