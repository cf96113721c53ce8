import { createHash } from 'node:crypto';
import type { Topic } from '../../shared/incident/effect.ts';
import { ConfigurationInvalid } from '../config.ts';

/** Who calls on a laptop: the functions, and the services that Google Cloud would run beside them. */
export type Caller =
  | 'alert'
  | 'investigate'
  | 'slack'
  | 'chat'
  | 'remediate'
  | 'retest'
  | 'patrol'
  | 'monitoring'
  | 'scheduler';

const effects: readonly Topic[] = ['investigations', 'remediations', 'retests', 'announcements'];

/**
 * Who may publish what, as the topics' IAM policies say in production: only Monitoring may raise an alert, only the front door a click,
 * and what an alert leads to is never a change.
 */
const mayPublish: Readonly<Record<Caller, readonly Topic[]>> = {
  alert: ['investigations', 'announcements', 'dead-letters'],
  investigate: effects,
  slack: ['clicks'],
  chat: [...effects, 'dead-letters'],
  remediate: effects,
  // What it is told can lead to no change.
  retest: ['announcements'],
  patrol: effects,
  monitoring: ['alerts'],
  scheduler: [],
};

export interface Identities {
  /** Who sent this `Authorization` header; undefined for a stranger. */
  callerOf(authorization: string | undefined): Caller | undefined;
  mayPublish(caller: Caller, topic: Topic): boolean;
  /** The token of one function, for calls in its name. @throws Error when it has none. */
  tokenOf(caller: Caller): string;
}

/** @throws ConfigurationInvalid naming the callers that no token was given for. */
export function identitiesOf(tokens: Readonly<Record<string, string>>): Identities {
  // Sound: the keys of the record are its type's.
  const callers = Object.keys(mayPublish) as readonly Caller[];
  const missing = callers.filter((caller) => !tokens[caller]);
  if (missing.length > 0)
    throw new ConfigurationInvalid([`RUNMEDIC_IDENTITY_TOKENS: no token for ${missing.join(', ')}`]);
  const tokenOf = (caller: Caller): string => tokens[caller] ?? '';
  // By digest: how long a look-up takes says nothing about a token.
  const byDigest = new Map(callers.map((caller) => [digest(tokenOf(caller)), caller]));
  return {
    callerOf: (authorization) => {
      const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
      return token === undefined ? undefined : byDigest.get(digest(token));
    },
    mayPublish: (caller, topic) => mayPublish[caller].includes(topic),
    tokenOf,
  };
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64');
