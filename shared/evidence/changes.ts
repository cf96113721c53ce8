import { type Instant, plusSeconds } from '../ports/clock.ts';
import type { AuditRecord, LogEntry } from '../ports/cloud.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { redact } from './redact.ts';

/** What a change was made to, by the product that was asked. */
export type ChangedThing =
  | 'service'
  | 'connector'
  | 'network'
  | 'load-balancer'
  | 'certificate'
  | 'database'
  | 'cache'
  | 'dns'
  | 'access'
  | 'secret'
  | 'api'
  | 'billing'
  | 'other';

/** One change that somebody asked for, or the platform made. */
export interface Change {
  readonly at: Instant;
  /** A person's or a service account's address; undefined where the platform did it by itself. */
  readonly by: string | undefined;
  readonly thing: ChangedThing;
  /** The last part of the method: `UpdateService`, `firewalls.patch`, `users.update`, `SetIamPolicy`. */
  readonly method: string;
  /** As the audit log names it. */
  readonly resource: string;
  /** Its last part: a service's short name, a firewall rule's. */
  readonly name: string;
  /** The fields that it changed, where the request said so. */
  readonly fields: readonly string[];
  /** `refused`: it was answered with an error, so that nothing was changed by it. */
  readonly outcome: 'made' | 'refused';
  /** What the platform said of it. */
  readonly detail: string;
}

export interface ChangesObservation {
  /** What is known reaches back to here. */
  readonly from: Instant;
  /** Newest first, at most CHANGES_MAX. */
  readonly changes: readonly Change[];
  readonly truncated: boolean;
}

/**
 * Far enough for a change of this morning that only the evening's traffic brings to light, and short enough for one page of a project that is
 * worked on. Our own choice.
 */
export const LOOKBACK_SECONDS = 6 * 3600;
/** Our own choices: well inside one page of entries.list (at most 1,000, read-logs.ts), and more changes than anybody reads; `truncated` says when there were more. */
const ENTRIES_MAX = 300;
const CHANGES_MAX = 100;

/** What products are called in audit logs. Source: protoPayload.serviceName in Google's audit logging pages of each product, read 2026-11-23. */
const THINGS: Readonly<Record<string, ChangedThing>> = {
  'run.googleapis.com': 'service',
  'vpcaccess.googleapis.com': 'connector',
  'servicenetworking.googleapis.com': 'network',
  'certificatemanager.googleapis.com': 'certificate',
  'cloudsql.googleapis.com': 'database',
  'redis.googleapis.com': 'cache',
  'dns.googleapis.com': 'dns',
  'iam.googleapis.com': 'access',
  'cloudresourcemanager.googleapis.com': 'access',
  'iap.googleapis.com': 'access',
  'secretmanager.googleapis.com': 'secret',
  'serviceusage.googleapis.com': 'api',
  'cloudbilling.googleapis.com': 'billing',
};
const COMPUTE = 'compute.googleapis.com';
/** Of these the method alone does not tell what it was done to: `users.update`, `instances.update`. */
const MANY_COLLECTIONS: readonly string[] = [COMPUTE, 'cloudsql.googleapis.com'];
/** Of compute's collections, those of a load balancer; the others are the network's. */
const LOAD_BALANCER =
  /\.(urlMaps|backendServices|backendBuckets|(global)?forwardingRules|target\w+Proxies|\w*networkEndpointGroups|healthChecks|\w*securityPolicies)\./i;
const CERTIFICATE = /\.(ssl|regionSsl)Certificates\./i;

const FILTER = `(logName:"cloudaudit.googleapis.com%2Factivity" OR logName:"cloudaudit.googleapis.com%2Fsystem_event") AND protoPayload.serviceName=(${[...Object.keys(THINGS), COMPUTE].map((name) => `"${name}"`).join(' OR ')})`;

/**
 * Sees deploys and configuration changes of the last six hours: who, what, when, on what, across services, connectors, network, load balancers, databases, access,
 * secrets and billing.
 * API: Logging v2 entries.list, one query. Permission: logging.logEntries.list.
 * Silent about what requests held, about changes of another project (a Shared VPC's host), and about what is older.
 */
export const changes: Inspector<ChangesObservation> = {
  deadlineMs: 15_000,
  permissions: ['logging.logEntries.list'],
  appliesTo: () => true,
  inspect: async ({ cloud, environment, until }: Inspection, abort) => {
    const from = plusSeconds(until, -LOOKBACK_SECONDS);
    const { entries, truncated } = await cloud.logs(
      { project: environment.project, filter: FILTER, from, to: until, entriesMax: ENTRIES_MAX, order: 'newest-first' },
      abort,
    );
    const found = entries.flatMap(changeOf);
    return {
      from: truncated ? (entries.at(-1)?.at ?? from) : from,
      changes: found.slice(0, CHANGES_MAX),
      truncated: truncated || found.length > CHANGES_MAX,
    };
  },
};

/** Of the two entries of a long operation the first is the change, and the last is one only where it failed. */
function changeOf({ at, audit, text }: LogEntry): Change[] {
  if (audit === undefined || (audit.part === 'last' && audit.errorCode === undefined)) return [];
  if (isReport(audit)) return audit.errorCode === undefined ? [] : [changed(at, audit, text)];
  return [changed(at, audit, text)];
}

/** Cloud Run's own report that a revision became ready, or did not: of what came before it, not a change. */
const isReport = ({ method }: AuditRecord): boolean => method.startsWith('/InternalServices.');

function changed(at: Instant, audit: AuditRecord, text: string): Change {
  const { api, by, errorCode, fields, method, resource } = audit;
  return {
    at,
    by,
    thing: thingOf(api, method),
    method: method
      .split('.')
      .slice(MANY_COLLECTIONS.includes(api) ? -2 : -1)
      .join('.'),
    resource,
    name: resource.slice(resource.lastIndexOf('/') + 1),
    fields,
    outcome: errorCode === undefined ? 'made' : 'refused',
    detail: errorCode === undefined ? '' : redact(text),
  };
}

function thingOf(api: string, method: string): ChangedThing {
  if (/SetIamPolicy$/i.test(method)) return 'access';
  if (api !== COMPUTE) return THINGS[api] ?? 'other';
  if (CERTIFICATE.test(method)) return 'certificate';
  return LOAD_BALANCER.test(method) ? 'load-balancer' : 'network';
}
