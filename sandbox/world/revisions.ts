import type { Code } from '../scenarios/code.ts';
import { patchCode } from '../scenarios/code.ts';
import type { Json, ReadyCondition, RevisionState, ServiceState, WorldState } from './state.ts';
import { imageOf, listAt, numberAt, textAt } from './template.ts';

/** A revision from a template; it serves nothing yet. */
export function createRevision(
  state: WorldState,
  service: { name: string; codes: Map<string, Code>; defaultCode: Code },
  made: { name: string; template: Json; by: string; atMs: number; generation: number; ready: ReadyCondition },
): RevisionState {
  const { revision: _name, ...template } = structuredClone(made.template);
  const image = imageOf(template);
  return {
    name: made.name,
    service: service.name,
    uid: uuid(state),
    createdMs: made.atMs,
    creator: made.by,
    generation: made.generation,
    template,
    image,
    code: service.codes.get(image) ?? service.defaultCode,
    ready: made.ready,
    instances: [],
    nextInstance: 0,
    inFlight: new Map(),
    busy: 0,
    inside: [],
    waitingInside: 0,
    work: { cpu: 1, long: 1 },
    socketsOpen: 0,
    healthPerSecond: 0,
    credit: { threadSeconds: 0, cpuMs: 0 },
    queue: [],
    queued: 0,
    arrivalsPerSecond: 0,
    startFailures: 0,
    startAborted: false,
    startNotBeforeMs: 0,
    lastFailureMs: 0,
    scaleDownSinceMs: made.atMs,
    floor: 0,
    readyIds: [],
    memoryRatio: 0,
    thrashRatio: 0,
    cpuRatio: 0,
  };
}

export const uuid = (state: WorldState): string => [8, 4, 4, 4, 12].map((n) => state.random.hex(n)).join('-');

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz';

/** As Cloud Run names them: service, number, three letters. */
export function revisionName(state: WorldState, service: ServiceState): string {
  const number = Math.max(0, ...service.revisions.map((r) => Number(/-(\d{5})-/.exec(r.name)?.[1] ?? 0))) + 1;
  const letter = () => SUFFIX_LETTERS[Math.floor(state.random.next() * SUFFIX_LETTERS.length)];
  return `${service.name}-${String(number).padStart(5, '0')}-${letter()}${letter()}${letter()}`;
}

export const findRevision = (service: ServiceState, name: string): RevisionState | undefined =>
  service.revisions.find((r) => r.name === name);

/** The service's code with what differs in one image, known to the service from now on. */
export function learnCode(
  service: { codes: Map<string, Code>; defaultCode: Code },
  image: string,
  patch: Parameters<typeof patchCode>[1],
): void {
  service.codes.set(image, patchCode(service.defaultCode, patch));
}

/** Where requests go: `spec.traffic` with LATEST resolved to the latest ready revision. */
export function route(service: ServiceState): void {
  const shares = new Map<string, ServiceState['routed'][number]>();
  for (const target of listAt(service.spec, 'traffic')) {
    const named = textAt(target, 'revision');
    const revision = named || service.latestReady;
    const percent = numberAt(target, 'percent') ?? 0;
    if (revision === undefined || percent === 0) continue;
    const share = shares.get(revision) ?? { revision, percent: 0, by: named ? 'name' : 'latest' };
    shares.set(revision, { ...share, percent: share.percent + percent });
  }
  service.routed = [...shares.values()];
}
