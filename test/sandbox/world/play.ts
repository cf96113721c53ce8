import type { MachineType } from '../../../sandbox/scenarios/estate.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';
import { changeConnector } from '../../../sandbox/world/change-connector.ts';
import { changeService } from '../../../sandbox/world/change-service.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import type { RequestRecord } from '../../../sandbox/world/ledger.ts';
import type { Json } from '../../../sandbox/world/state.ts';
import { listAt } from '../../../sandbox/world/template.ts';

/** A world that a test plays: seconds after its start, what was seen between two of them, and the changes that someone makes. */
export function play(source: string | Scenario) {
  const world = createWorld(
    typeof source === 'string' ? loadScenario(source) : source,
    Date.parse('2026-11-23T12:00:00Z'),
  );
  const { state } = world;
  const requests = (from: number, to: number, passes: (r: RequestRecord) => boolean): number =>
    state.ledger.requests
      .filter((r) => r.atMs > world.startMs + from * 1000 && r.atMs <= world.startMs + to * 1000 && passes(r))
      .reduce((sum, r) => sum + r.count, 0);
  const found = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('not in this world');
    return value;
  };
  const serviceOf = (name: string) => found(state.services.get(name));
  return {
    world,
    until(seconds: number) {
      world.advanceTo(world.startMs + seconds * 1000);
    },
    requests,
    /** Share of the service's requests that ended badly, by any status from 400 on. */
    failed: (service: string, from: number, to: number) =>
      requests(from, to, (r) => r.service === service && r.status >= 400) /
      Math.max(
        1,
        requests(from, to, (r) => r.service === service),
      ),
    /** Seconds from `from` on until no request of any service failed for 20 seconds; Infinity when that never came. */
    healedAfter(from: number, to: number): number {
      for (let second = from; second + 20 <= to; second++) {
        if (requests(second, second + 20, (r) => r.status >= 500) === 0) return second - from;
      }
      return Number.POSITIVE_INFINITY;
    },
    connector: () => found(world.snapshot().connectors[0]),
    service: (name: string) => found(world.snapshot().services.find((s) => s.name === name)),
    lines: (from: number, to: number, fragment: string) =>
      state.ledger.lines.filter(
        (l) =>
          l.atMs > world.startMs + from * 1000 && l.atMs <= world.startMs + to * 1000 && l.text?.includes(fragment),
      ),
    scaleConnector(limits: { minInstances: number; maxInstances: number; machineType?: MachineType }) {
      const connector = found(state.connectors.values().next().value);
      return changeConnector(state, connector, { machineType: connector.machineType, ...limits });
    },
    restart(name: string) {
      return this.write(name, {}, 'new-revision');
    },
    shiftTraffic(name: string, revision: string) {
      const traffic = [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision, percent: 100 }];
      return this.write(name, { traffic }, 'same-revision');
    },
    capInstances(name: string, maxInstanceCount: number) {
      return this.write(name, { scaling: { maxInstanceCount } }, 'same-revision');
    },
    giveMemory(name: string, memory: string) {
      const template = structuredClone(serviceOf(name).spec.template);
      const containers = listAt(template, 'containers').map((c) => ({
        ...c,
        resources: { limits: { cpu: '1000m', memory } },
      }));
      return this.write(name, { template: { ...template, containers } }, 'new-revision');
    },
    write(
      name: string,
      fields: { traffic?: Json[]; scaling?: Json; template?: Json },
      newRevision: 'new-revision' | 'same-revision',
    ) {
      const service = serviceOf(name);
      return changeService(state, service, {
        spec: { ...service.spec, ...fields },
        by: 'test@acme.example',
        newRevision,
        audit: {},
      });
    },
  };
}

export type Play = ReturnType<typeof play>;
