import { handshakeOf, servedCertificate } from '../edge/certificates.ts';
import { doorFor } from '../edge/door.ts';
import type { WorldState } from '../state.ts';
import { addPoint } from './store.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Where a check is made from; each place looks once a minute. Source: uptime checks' own names of places, read 2026-11-23. */
const CHECKERS = ['usa-iowa', 'eur-belgium', 'apac-singapore'];
/** More failing requests than this, and a look fails too. */
const FAILING_RATIO = 0.5;

/** What Cloud Monitoring's own checks from outside saw in the minute that ends now. */
export function sampleUptime(state: WorldState): void {
  const { project } = state.scenario.estate;
  for (const { name, host, path } of state.scenario.alerting.uptimeChecks) {
    const resource = { type: 'uptime_url', labels: { project_id: project, host } };
    const certificate = servedCertificate(state, host);
    for (const [draw, checker] of CHECKERS.entries()) {
      const labels = { check_id: name, checked_resource_id: host, checker_location: checker };
      const put = (metric: string, valueType: 'BOOL' | 'DOUBLE', value: number) =>
        addPoint(
          state.metrics,
          {
            metric: { type: `monitoring.googleapis.com/uptime_check/${metric}`, labels },
            resource,
            metricKind: 'GAUGE',
            valueType,
          },
          { startMs: state.nowMs, endMs: state.nowMs, value },
        );
      put('check_passed', 'BOOL', passes(state, { host, path, draw }) ? 1 : 0);
      if (certificate?.expiresMs !== undefined)
        put('time_until_ssl_cert_expires', 'DOUBLE', (certificate.expiresMs - state.nowMs) / DAY_MS);
    }
  }
}

function passes(state: WorldState, { host, path, draw }: { host: string; path: string; draw: number }): boolean {
  if (handshakeOf(state, host) !== 'valid') return false;
  const routes = state.scenario.estate.hosts.find(({ name }) => name === host)?.routes ?? [];
  const route = routes
    .filter((one) => one.path === '/' || path === one.path || path.startsWith(`${one.path}/`))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  if (route === undefined) return false;
  if (doorFor(state, { host, path, service: route.service, draw }) !== undefined) return false;
  return (state.services.get(route.service)?.errorRatio ?? 1) < FAILING_RATIO;
}
