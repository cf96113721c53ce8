import type { LogEntry, LogPage } from '../ports/cloud.ts';
import type { LogName } from './logs.ts';

type Filters = Readonly<Record<LogName, string>>;
type Pages = Readonly<Record<LogName, LogPage>>;

/**
 * Three logs with as few reads as will do: one where they fit on a page. Where they do not, the fullest has had its page, and the others are asked
 * for again without it: three reads at most, as if each had been asked for by itself, but one after the other.
 */
export async function logsTogether(filters: Filters, ask: (filter: string) => Promise<LogPage>): Promise<Pages> {
  const read = async (names: readonly LogName[]): Promise<Partial<Pages>> => {
    const { entries, truncated } = await ask(`(${names.map((name) => `(${filters[name]})`).join(' OR ')})`);
    const found = names
      .map((name) => ({ name, own: entries.filter((entry) => logNameOf(entry) === name) }))
      .sort((a, b) => b.own.length - a.own.length);
    const complete = truncated ? found.slice(0, 1) : found;
    const pages = Object.fromEntries(complete.map(({ name, own }) => [name, { entries: own, truncated }]));
    const left = found.slice(complete.length).map(({ name }) => name);
    return left.length === 0 ? pages : { ...(await read(left)), ...pages };
  };
  // Sound: every name is asked for until it has its page.
  return (await read(['requests', 'system', 'application'])) as Pages;
}

function logNameOf({ log }: LogEntry): LogName {
  if (log === 'run.googleapis.com/requests') return 'requests';
  return log === 'run.googleapis.com/varlog/system' ? 'system' : 'application';
}
