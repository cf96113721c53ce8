import { describe, expect, it } from 'vitest';
import type { CloudReader, CloudWriter, Container, Service, ServiceChange } from '../../../shared/ports/cloud.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const BACKEND = 'projects/acme-staging/locations/us-central1/services/backend';
const CONNECTOR = 'projects/acme-staging/locations/us-central1/connectors/staging-connector';

/** Moves the world on until an operation has ended, ten minutes from now at most. */
async function ended(writer: CloudWriter, operation: string, advance: (seconds: number) => void) {
  for (let seconds = 10; seconds <= 600; seconds += 10) {
    const status = await writer.operation(operation, NEVER);
    if (status.done) return { status, seconds };
    advance(seconds);
  }
  throw new Error(`${operation} did not end`);
}

describe('the writer, on a Google Cloud project', () => {
  it('raises a connector, whose operation ends later', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('staging-503');
    const limits = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 10 };
    const { operation } = await writer.updateConnector(CONNECTOR, limits, NEVER);
    expect(operation).toMatch(/^vpcaccess:projects\/acme-staging\/locations\/us-central1\/operations\//);
    expect((await reader.connector(CONNECTOR, NEVER)).state).toBe('updating');
    expect(await ended(writer, operation, afterSeconds)).toMatchObject({ status: { done: true, error: undefined } });
    expect(await reader.connector(CONNECTOR, NEVER)).toMatchObject({
      state: 'ready',
      instancesMin: 2,
      instancesMax: 10,
    });
  });

  it('cannot lower one: the platform’s own law', async () => {
    const { writer } = await googleInSandbox('staging-503');
    const limits = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 2 };
    await expect(writer.updateConnector(CONNECTOR, limits, NEVER)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('shifts traffic and keeps what a tag points at', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('staging-503');
    const traffic = [
      { revision: 'backend-00040-kip', percent: 100 },
      { revision: 'backend-00041-pob', percent: 0, tag: 'newest' },
    ];
    const { operation } = await writer.updateTraffic(await reader.service(BACKEND, NEVER), traffic, NEVER);
    expect(operation).toMatch(/^run:projects\//);
    expect(await ended(writer, operation, afterSeconds)).toMatchObject({ status: { error: undefined } });
    const after = await reader.service(BACKEND, NEVER);
    expect(after.traffic).toEqual(traffic);
    expect(after.serving[0]).toEqual({ revision: 'backend-00040-kip', percent: 100 });
  });

  it('restarts a service: a new revision of the same, pinned, marked, environment untouched', async () => {
    const { world, reader, writer, afterSeconds } = await googleInSandbox('healthy');
    const before = await reader.service(BACKEND, NEVER);
    const image = before.template.containers[0]?.image ?? '';
    const environment = JSON.stringify(world.state.services.get('backend')?.spec.template['containers']);
    const { operation } = await writer.changeService(before, { template: { mark: 'inc-1/1', images: [image] } }, NEVER);
    expect(await ended(writer, operation, afterSeconds)).toMatchObject({ status: { error: undefined } });
    const after = await reader.service(BACKEND, NEVER);
    expect(after.latestReadyRevision).not.toBe(before.latestReadyRevision);
    expect(after.template).toEqual({ ...before.template, restartedAt: 'inc-1/1' });
    expect(JSON.stringify(world.state.services.get('backend')?.spec.template['containers'])).toBe(environment);
  });

  it('restarts it a second time, since no revision’s name is sent back', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('healthy');
    const image = (await reader.service(BACKEND, NEVER)).template.containers[0]?.image ?? '';
    const first = await writer.changeService(
      await reader.service(BACKEND, NEVER),
      { template: { mark: 'a', images: [image] } },
      NEVER,
    );
    await ended(writer, first.operation, afterSeconds);
    const middle = await reader.service(BACKEND, NEVER);
    const second = await writer.changeService(middle, { template: { mark: 'b', images: [image] } }, NEVER);
    await ended(writer, second.operation, (seconds) => afterSeconds(600 + seconds));
    expect((await reader.service(BACKEND, NEVER)).latestReadyRevision).not.toBe(middle.latestReadyRevision);
  });

  it('changes nothing with an etag that is no longer true', async () => {
    const { reader, writer } = await googleInSandbox('staging-503');
    const seen = await reader.service(BACKEND, NEVER);
    const traffic = [{ revision: 'backend-00040-kip', percent: 100 }];
    await writer.updateTraffic(seen, traffic, NEVER);
    const [container] = seen.template.containers;
    const conflict = { code: 'conflict', message: expect.stringContaining('409 ABORTED') };
    await expect(writer.updateTraffic(seen, seen.traffic, NEVER)).rejects.toMatchObject(conflict);
    await expect(
      writer.changeService(seen, { template: { mark: 'm', images: [container?.image ?? ''] } }, NEVER),
    ).rejects.toMatchObject(conflict);
    expect(await reader.service(BACKEND, NEVER)).toMatchObject({ traffic, template: { restartedAt: undefined } });
  });

  it('may write only as the one identity that may', async () => {
    const { writerAs, reader, calls } = await googleInSandbox('staging-503');
    const limits = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 10 };
    await expect(writerAs('token-of-investigate').updateConnector(CONNECTOR, limits, NEVER)).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining('vpcaccess.connectors.update'),
    });
    expect(calls.list()).toMatchObject([{ method: 'PATCH', status: 403 }]);
    expect((await reader.connector(CONNECTOR, NEVER)).instancesMax).toBe(3);
  });

  it('follows no operation that it did not name, nor one that is gone', async () => {
    const { writer } = await googleInSandbox('staging-503');
    const id = 'projects/acme-staging/locations/us-central1/operations/1';
    await expect(writer.operation(id, NEVER)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(writer.operation(`compute:${id}`, NEVER)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(writer.operation(`run:${id}/../x`, NEVER)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(writer.operation(`run:${id}`, NEVER)).rejects.toMatchObject({ code: 'not-found' });
    await expect(writer.operation(`vpcaccess:${id}`, NEVER)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a change of a service', () => {
  /** All that a person sets of a service, environment included: its values by their marks. */
  const settingsOf = ({ template, traffic, ingress, instancesMin, instancesMax, instancesByHand }: Service) => ({
    template,
    traffic,
    ingress,
    instancesMin,
    instancesMax,
    instancesByHand,
  });
  const imagesOf = ({ template: { containers } }: Service) => containers.map(({ image }) => image);
  const backend = (reader: CloudReader) => reader.service(BACKEND, NEVER);

  /** Makes one, `since` seconds into a scenario, and waits for its operation. */
  async function changed(
    change: (before: Service) => ServiceChange,
    { name = BACKEND, scenario = 'healthy', since = 0 } = {},
  ) {
    const { reader, writer, afterSeconds } = await googleInSandbox(scenario);
    afterSeconds(since);
    const before = await reader.service(name, NEVER);
    const { operation } = await writer.changeService(before, change(before), NEVER);
    const { status } = await ended(writer, operation, (seconds) => afterSeconds(since + seconds));
    expect(status).toEqual({ done: true, error: undefined });
    const after = await reader.service(name, NEVER);
    const isNew = after.latestReadyRevision !== before.latestReadyRevision;
    return { before: settingsOf(before), after: settingsOf(after), isNew };
  }

  const template = (set: Omit<NonNullable<ServiceChange['template']>, 'images'>) => (before: Service) => ({
    template: { images: imagesOf(before), ...set },
  });
  const ofServing = (set: Partial<Container>) => (before: Service) => ({
    containers: before.template.containers.map((container) => ({ ...container, ...set })),
  });
  const probe = {
    kind: 'http',
    path: '/health',
    port: 8080,
    initialDelaySeconds: 0,
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 48,
  } as const;
  const direct = { kind: 'direct', network: 'staging', subnetwork: 'run', egress: 'all-traffic' } as const;

  it.each<[string, (before: Service) => ServiceChange, (before: Service) => object]>([
    ['memory and CPU', template({ cpu: 4, memoryMib: 2048 }), ofServing({ cpu: 4, memoryMib: 2048 })],
    [
      'CPU below one',
      template({ cpu: 0.5, concurrency: 1 }),
      (was) => ({ ...ofServing({ cpu: 0.5 })(was), concurrency: 1 }),
    ],
    ['no boost', template({ startupCpuBoost: false }), ofServing({ startupCpuBoost: false })],
    ['a startup probe', template({ startupProbe: probe }), ofServing({ startupProbe: probe })],
    ['a timeout', template({ timeoutSeconds: 3600 }), () => ({ timeoutSeconds: 3600 })],
    ['concurrency', template({ concurrency: 4 }), () => ({ concurrency: 4 })],
    [
      "a revision's floor and ceiling",
      template({ instancesMin: 2, instancesMax: 40 }),
      () => ({ instancesMin: 2, instancesMax: 40 }),
    ],
    ['Direct VPC egress instead of a connector', template({ vpcAccess: direct }), () => ({ vpcAccess: direct })],
  ])('sets %s in a new revision, and nothing else', async (_, change, expected) => {
    let set = {};
    const { before, after, isNew } = await changed((was) => {
      set = expected(was);
      return change(was);
    });
    expect(after).toEqual({ ...before, template: { ...before.template, ...set } });
    expect(after).not.toEqual(before);
    expect(isNew).toBe(true);
  });

  it.each<[string, NonNullable<ServiceChange['scaling']>, object]>([
    ['a floor', { instancesMin: 3 }, { instancesMin: 3 }],
    ['a ceiling', { instancesMax: 5 }, { instancesMax: 5 }],
    ['both', { instancesMin: 3, instancesMax: 5 }, { instancesMin: 3, instancesMax: 5 }],
    ['a number by hand', { instancesByHand: 2 }, { instancesByHand: 2 }],
  ])('sets %s without a new revision, and nothing else', async (_, scaling, expected) => {
    const { before, after, isNew } = await changed(() => ({ scaling }));
    expect(after).toEqual({ ...before, ...expected });
    expect(after).not.toEqual(before);
    expect(isNew).toBe(false);
  });

  it('lets Cloud Run scale again what was stopped by hand', async () => {
    const { before, after } = await changed(() => ({ scaling: { instancesMin: 1, instancesByHand: null } }), {
      name: BACKEND.replace('backend', 'auth'),
      scenario: 'scaled-to-zero',
      since: 300,
    });
    expect(before.instancesByHand).toBe(0);
    expect(after).toEqual({ ...before, instancesMin: 1, instancesByHand: undefined });
  });

  it('takes a floor away again', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('healthy');
    const before = await backend(reader);
    const set = await writer.changeService(before, { scaling: { instancesMin: 3, instancesMax: 5 } }, NEVER);
    await ended(writer, set.operation, afterSeconds);
    const undo = { scaling: { instancesMin: null, instancesMax: null } };
    const { operation } = await writer.changeService(await backend(reader), undo, NEVER);
    await ended(writer, operation, (seconds) => afterSeconds(600 + seconds));
    expect(settingsOf(await backend(reader))).toEqual(settingsOf(before));
  });

  it('sets template and scaling at once', async () => {
    const { before, after } = await changed((was) => ({
      ...template({ instancesMax: 40 })(was),
      scaling: { instancesMax: 40 },
    }));
    expect(after).toEqual({ ...before, instancesMax: 40, template: { ...before.template, instancesMax: 40 } });
  });

  it.each<[string, (before: Service) => ServiceChange, string]>([
    ['4 CPUs with 512 MiB', template({ cpu: 4 }), 'memory must be between 2Gi and 16Gi'],
    ['3 CPUs', template({ cpu: 3 }), 'Must be equal to one of'],
    ['half a CPU for 80 requests', template({ cpu: 0.5 }), 'not supported with concurrency > 1'],
    ['more memory than a CPU takes', template({ memoryMib: 4097 }), 'memory must be between 128Mi and 4Gi'],
    ['a probe over 240 s', template({ startupProbe: { ...probe, failureThreshold: 49 } }), 'must not be above 240'],
    ['a delay over 240 s', template({ startupProbe: { ...probe, initialDelaySeconds: 241 } }), 'must not be above 240'],
    ['a timeout over an hour', template({ timeoutSeconds: 3601 }), 'must be between 0 and 3600 seconds'],
    ['concurrency over 1000', template({ concurrency: 1001 }), 'must be between 0 and 1000'],
    ['a floor above the ceiling', template({ instancesMin: 101 }), 'must not be above max_instance_count'],
  ])('is refused as the API refuses it, and changes nothing: %s', async (_, change, words) => {
    const { reader, writer } = await googleInSandbox('healthy');
    const before = await backend(reader);
    await expect(writer.changeService(before, change(before), NEVER)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(words),
    });
    expect(await backend(reader)).toEqual(before);
  });
});
