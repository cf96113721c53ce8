import { hold } from './in-flight.ts';
import type { RevisionState, ServiceState, WorldState } from './state.ts';

/** Clients open WebSockets, each of which is one request until it ends. Source: Cloud Run, Using WebSockets, read 2026-11-23. */
export function openSockets(state: WorldState, service: ServiceState, revision: RevisionState, share: number): void {
  const { sockets } = service.estate;
  if (sockets === undefined || share === 0 || revision.readyIds.length === 0) return;
  const count = state.random.arrivals((sockets.perMinute / 60) * share);
  for (let opened = 0; opened < count; opened += 1) {
    const latencyMs = sockets.staySeconds * 1000 * state.random.between(0.4, 1.6);
    revision.socketsOpen += 1;
    hold(state, service, revision, { kind: 'socket', status: 101, latencyMs, count: 1, path: sockets.path });
  }
}
