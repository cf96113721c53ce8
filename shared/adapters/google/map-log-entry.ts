import { instant } from '../../ports/clock.ts';
import type { AuditRecord, BalancedRequest, LogEntry } from '../../ports/cloud.ts';
import { textOf } from './log-text.ts';
import { durationSeconds, type Fields, fields, moment, number, text } from './values.ts';

const AGENT_CHARS_MAX = 120;
const PATH_CHARS_MAX = 120;

/** google.logging.v2.LogEntry as entries.list gives it in JSON. */
export function toLogEntry(api: unknown): LogEntry {
  const entry = fields(api);
  const resource = fields(fields(entry['resource'])['labels']);
  const request = fields(entry['httpRequest']);
  const latencySeconds = durationSeconds(request['latency']);
  return {
    at: moment(entry['timestamp']) ?? moment(entry['receiveTimestamp']) ?? instant(0),
    log: logOf(text(entry['logName']) ?? ''),
    severity: text(entry['severity']) ?? 'DEFAULT',
    text: textOf(entry),
    service: text(resource['service_name']),
    revision: text(resource['revision_name']),
    instanceId: text(fields(entry['labels'])['instanceId']),
    httpStatus: number(request['status']),
    latencyMs: latencySeconds === undefined ? undefined : latencySeconds * 1000,
    ...auditOf(entry),
    host: /^\w+:\/\/([^/:?#]+)/.exec(text(request['requestUrl']) ?? '')?.[1],
    path: pathOf(text(request['requestUrl'])),
    agent: text(request['userAgent'])?.slice(0, AGENT_CHARS_MAX),
    ...balancedOf(entry),
  };
}

/** resource.type http_load_balancer: google.cloud.loadbalancing.type.LoadBalancerLogEntry. Denied is what was enforced; a rule in preview decides nothing. */
function balancedOf(entry: Readonly<Record<string, unknown>>): { readonly balanced?: BalancedRequest } {
  const { type, labels } = fields(entry['resource']);
  const payload = fields(entry['jsonPayload']);
  const statusDetails = text(payload['statusDetails']);
  if (type !== 'http_load_balancer' || statusDetails === undefined) return {};
  const url = text(fields(entry['httpRequest'])['requestUrl']) ?? '';
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: undefined, pathname: undefined };
  const { name, priority, outcome } = fields(payload['enforcedSecurityPolicy']);
  return {
    balanced: {
      backend: text(fields(labels)['backend_service_name']),
      statusDetails,
      host,
      path: pathname,
      deniedBy: outcome === 'DENY' ? { policy: text(name) ?? 'unknown', priority: number(priority) ?? 0 } : undefined,
    },
  };
}

const AUDIT_LOG = 'type.googleapis.com/google.cloud.audit.AuditLog';

/** google.cloud.audit.AuditLog, without the request: whole templates stand there, environment values in clear. */
function auditOf(entry: Fields): { readonly audit?: AuditRecord } {
  const payload = fields(entry['protoPayload']);
  if (payload['@type'] !== AUDIT_LOG) return {};
  const { first, last } = fields(entry['operation']);
  const code = number(fields(payload['status'])['code']);
  return {
    audit: {
      api: text(payload['serviceName']) ?? '',
      method: text(payload['methodName']) ?? '',
      resource: text(payload['resourceName']) ?? '',
      by: text(fields(payload['authenticationInfo'])['principalEmail']),
      part: first === true && last !== true ? 'first' : last === true && first !== true ? 'last' : 'whole',
      errorCode: code === undefined || code === 0 ? undefined : code,
      fields: (text(fields(payload['request'])['updateMask']) ?? '').split(',').filter(Boolean).slice(0, FIELDS_MAX),
    },
  };
}

/** A mask names a handful; who names more has replaced the whole. */
const FIELDS_MAX = 20;
/** What stands behind the question mark may be anybody's secret, and is left where it is. */
const pathOf = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : /^(?:\w+:\/\/[^/?#]*)?(\/[^?#]*)?/.exec(url)?.[1]?.slice(0, PATH_CHARS_MAX);

/** `projects/P/logs/run.googleapis.com%2Frequests` -> `run.googleapis.com/requests`. */
const logOf = (logName: string): string => logName.slice(logName.lastIndexOf('/') + 1).replaceAll('%2F', '/');
