import { ceilingMbps, loadRatio, throughputMbps } from './network.ts';
import { note } from './note.ts';
import type { ConnectorState, WorldState } from './state.ts';

const SMOOTHING = 0.3; // Of this second's demand; a connector feels a burst within about three seconds.
const KNEE = 0.95; // Up to this load every packet gets through.
const STEEPNESS = 8; // At a load of 1.05 half of the new connections time out, at 1.25 nine in ten.
const SCALE_UP_LOAD = 0.8;
const SCALE_UP_MS = 40_000; // Between two instances of the automatic scaling.

/** One second of a connector: demand, overload, and scaling, which only ever goes up. Source: Serverless VPC Access, scaling, read 2026-11-23. */
export function tickConnector(state: WorldState, connector: ConnectorState, backgroundMbps: number): void {
  connector.offeredMbps += backgroundMbps;
  connector.demandMbps += (connector.offeredMbps - connector.demandMbps) * SMOOTHING;
  connector.offeredMbps = 0;
  connector.movedMbit += throughputMbps(connector);
  const load = loadRatio(connector);
  connector.timeoutRatio =
    ceilingMbps(connector) === 0 ? 1 : load <= KNEE ? 0 : 1 - Math.exp(-STEEPNESS * (load - KNEE));
  const mayGrow = connector.state === 'READY' && connector.instances < connector.maxInstances;
  if (!mayGrow || load < SCALE_UP_LOAD || state.nowMs - connector.scaledMs < SCALE_UP_MS) return;
  connector.instances += 1;
  connector.scaledMs = state.nowMs;
  note(state, 'connector-scaled', connector.name, `${connector.instances} instances, ${ceilingMbps(connector)} Mbit/s`);
}
