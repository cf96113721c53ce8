import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HostEstate } from '../scenarios/estate.ts';
import { type Answer, json } from './answer.ts';

export interface ApplicationRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

const answer = (status: number, body: unknown): Answer => ({
  status,
  headers: json,
  body: JSON.stringify(body),
  delayMs: 0,
});

/** The little application behind the hosts: a page, a health check, and a user who logs in and looks at himself. */
export function applicationAnswer(
  host: Pick<HostEstate, 'user'>,
  service: string,
  request: ApplicationRequest,
): Answer {
  if (request.path === '/auth/login' && host.user) return login(host.user, request);
  if (request.path === '/api/me' && host.user) return me(host.user, request);
  if (request.path === '/' && !host.user) {
    return {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html>\n<title>Acme</title>\n<h1>Acme staging</h1>\n',
      delayMs: 0,
    };
  }
  return answer(200, { status: 'ok', service });
}

type User = NonNullable<HostEstate['user']>;

const tokenOf = (user: User): string => createHmac('sha256', user.password).update(user.name).digest('base64url');

function login(user: User, request: ApplicationRequest): Answer {
  if (request.method !== 'POST') return answer(405, { detail: 'Method Not Allowed' });
  const given = parsed(request.body);
  const name = given['username'] ?? given['email'] ?? given['user'];
  const isKnown = name === user.name && given['password'] === user.password;
  return isKnown ? answer(200, { token: tokenOf(user) }) : answer(401, { detail: 'Invalid credentials' });
}

function me(user: User, request: ApplicationRequest): Answer {
  const expected = Buffer.from(`Bearer ${tokenOf(user)}`);
  const given = Buffer.from(request.authorization ?? '');
  const isHis = given.length === expected.length && timingSafeEqual(given, expected);
  return isHis ? answer(200, { user: user.name }) : answer(401, { detail: 'Not authenticated' });
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // A body that is no JSON names no user.
  }
}
