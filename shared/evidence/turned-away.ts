import type { HttpResult } from '../ports/prober.ts';

/** 'google': Google's front end before the service. 'unknown': the service itself, or somebody who does not say. */
export type TurnedAwayBy = 'google' | 'identity-aware-proxy' | 'cloud-armor' | 'unknown';

/** Who asks is not known, not allowed, or asks for what is not there. */
const DOOR_STATUSES: readonly number[] = [401, 403, 404];
export const isDoorStatus = (status: number): boolean => DOOR_STATUSES.includes(status);

/** What Google's own front ends write, from public threads and documentation, read 2026-11-23. */
const GOOGLES: readonly RegExp[] = [
  /Your client does not have permission to get URL/,
  /The requested URL .{0,200}was not found on this server/s,
  /<title>Error 404 \(Not Found\)!!1<\/title>/,
  /<h1>Error: (Page not found|Forbidden|Unauthorized)<\/h1>/,
];
const ARMORS = /<title>403<\/title>403 Forbidden/;

/** Whether an answer turned away who asked, and who gave it; undefined where it did not. */
export function turnedAway({
  status,
  headers,
  body,
}: Extract<HttpResult, { connected: true }>): TurnedAwayBy | undefined {
  // IAP sends who has not logged in to Google's log-in page: cloud.google.com/iap/docs, read 2026-11-23.
  if (headers['x-goog-iap-generated-response'] === 'true' || /^Invalid IAP credentials/.test(body))
    return 'identity-aware-proxy';
  if (!isDoorStatus(status)) return undefined;
  if (status === 403 && ARMORS.test(body)) return 'cloud-armor';
  return GOOGLES.some((pattern) => pattern.test(body)) ? 'google' : 'unknown';
}
