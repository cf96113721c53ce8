import type { Door } from '../world/edge/door.ts';
import type { Answer } from './answer.ts';

const HTML = { 'content-type': 'text/html; charset=UTF-8' } as const;
const page = (title: string, text: string) =>
  `<html><head><title>${title}</title></head><body text=#000000 bgcolor=#ffffff><h1>Error: ${title.replace(/^\d+ /, '')}</h1><h2>${text}</h2></body></html>`;

/** What whoever stands before a service says. Bodies as Google's front ends send them, from public threads, read 2026-11-23. */
export function doorAnswer({ by, status }: Door): Answer {
  const answer = (body: string, headers: Readonly<Record<string, string>> = HTML): Answer => ({
    status,
    headers,
    body,
    delayMs: 0,
  });
  switch (by) {
    case 'security-policy':
      return answer('<!doctype html><meta charset="utf-8"><title>403</title>403 Forbidden');
    case 'iap':
      return answer('', {
        location: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=iap',
        'x-goog-iap-generated-response': 'true',
      });
    case 'no-backend':
    case 'machine':
      return answer('no healthy upstream', { 'content-type': 'text/plain' });
    case 'no-service':
    case 'ingress':
      return answer(page('404 Page not found', 'The requested URL was not found on this server.'));
    case 'invoker':
      return answer(page('403 Forbidden', 'Your client does not have permission to get URL from this server.'));
  }
}
