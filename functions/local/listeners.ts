import { randomBytes } from 'node:crypto';
import type { Subscriber } from '../../shared/adapters/sqlite/dispatcher.ts';
import type { Topic } from '../../shared/incident/effect.ts';
import { eventDelivery } from './event-delivery.ts';
import type { Listening } from './http.ts';
import { serveFunction } from './serve-function.ts';

/** Which function listens on which topic, as its Eventarc trigger says in production. */
const LISTENS: readonly (readonly [Topic, 'alert' | 'investigate' | 'chat' | 'remediate' | 'retest'])[] = [
  ['alerts', 'alert'],
  ['investigations', 'investigate'],
  ['clicks', 'chat'],
  ['announcements', 'chat'],
  ['remediations', 'remediate'],
  ['retests', 'retest'],
];

/** Serves every function that handles messages, behind gates that only the queue of this process can pass, and gives the way to each. */
export async function serveListeners(project: string): Promise<{
  readonly served: readonly Listening[];
  readonly subscribers: ReadonlyMap<Topic, Subscriber>;
}> {
  const bearer = randomBytes(24).toString('base64url');
  const served: Listening[] = [];
  const subscribers = new Map<Topic, Subscriber>();
  for (const [topic, name] of LISTENS) {
    const admits = (authorization: string | undefined) => authorization === `Bearer ${bearer}`;
    const listening = await serveFunction({ name, admits, traffic: undefined });
    served.push(listening);
    subscribers.set(topic, eventDelivery({ url: listening.url, project, bearer }));
  }
  return { served, subscribers };
}
