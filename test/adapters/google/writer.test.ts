import { describe, expect, it } from 'vitest';
import type { CloudWriter } from '../../../shared/ports/cloud.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const BACKEND = 'projects/acme-staging/locations/us-central1/services/backend';
const CONNECTOR = 'projects/acme-staging/locations/us-central1/connectors/staging-connector';

describe('the writer, on a Google Cloud project', () => {
  async function ended(writer: CloudWriter, operation: string, advance: (seconds: number) => void) {
    for (let seconds = 10; seconds <= 600; seconds += 10) {
      const status = await writer.operation(operation, NEVER);
      if (status.done) return { status, seconds };
      advance(seconds);
    }
    throw new Error(`${operation} did not end`);
  }

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
    const { operation } = await writer.restartService(before, { mark: 'inc-1/1', images: [image] }, NEVER);
    expect(await ended(writer, operation, afterSeconds)).toMatchObject({ status: { error: undefined } });
    const after = await reader.service(BACKEND, NEVER);
    expect(after.latestReadyRevision).not.toBe(before.latestReadyRevision);
    expect(after.template).toEqual({ ...before.template, restartedAt: 'inc-1/1' });
    expect(JSON.stringify(world.state.services.get('backend')?.spec.template['containers'])).toBe(environment);
  });

  it('restarts it a second time, since no revision’s name is sent back', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('healthy');
    const image = (await reader.service(BACKEND, NEVER)).template.containers[0]?.image ?? '';
    const first = await writer.restartService(
      await reader.service(BACKEND, NEVER),
      { mark: 'a', images: [image] },
      NEVER,
    );
    await ended(writer, first.operation, afterSeconds);
    const middle = await reader.service(BACKEND, NEVER);
    const second = await writer.restartService(middle, { mark: 'b', images: [image] }, NEVER);
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
      writer.restartService(seen, { mark: 'm', images: [container?.image ?? ''] }, NEVER),
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
