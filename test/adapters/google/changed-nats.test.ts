import { describe, expect, it } from 'vitest';
import { changedNats } from '../../../shared/adapters/google/changed-nats.ts';
import { toOperationStatus } from '../../../shared/adapters/google/map-operation.ts';
import {
  operationName,
  operationPermission,
  operationRequest,
} from '../../../shared/adapters/google/operation-name.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const GATEWAY = 'projects/acme-staging/regions/us-central1/routers/staging-router/nats/staging-nat';

describe('the gateways of a router', () => {
  const other = { name: 'other', minPortsPerVm: 64, natIps: ['a'] };
  const router = { nats: [{ name: 'nat', maxPortsPerVm: 128, natIps: ['b'], rules: [1] }, other] };

  it('go back as they came, but for the ports of one', () => {
    expect(changedNats(router, 'nat', { minPortsPerVm: 256, maxPortsPerVm: null })).toEqual([
      { name: 'nat', natIps: ['b'], rules: [1], minPortsPerVm: 256, enableDynamicPortAllocation: false },
      other,
    ]);
    expect(changedNats(router, 'nat', { minPortsPerVm: 64, maxPortsPerVm: 256 })[0]).toMatchObject({
      maxPortsPerVm: 256,
      enableDynamicPortAllocation: true,
    });
  });

  it('are not written where the one is gone', () => {
    const change = () => changedNats(router, 'gone', { minPortsPerVm: 256, maxPortsPerVm: null });
    expect(change).toThrow('the router has no NAT gateway gone');
  });
});

describe('an operation of compute', () => {
  const selfLink = 'https://www.googleapis.com/compute/v1/projects/p/regions/r/operations/operation-1';

  it('is asked after where its link says', () => {
    const name = operationName('compute', { name: 'operation-1', selfLink });
    expect(name).toBe('compute:projects/p/regions/r/operations/operation-1');
    expect(operationRequest(name)).toEqual({
      api: 'compute',
      method: 'GET',
      path: 'compute/v1/projects/p/regions/r/operations/operation-1',
    });
    expect(operationPermission(name)).toBe('compute.regionOperations.get');
    expect(operationPermission('compute:projects/p/global/operations/o')).toBe('compute.globalOperations.get');
    expect(() => operationName('compute', { name: 'operation-1' })).toThrow('names no operation');
  });

  it.each([
    [{ status: 'PENDING' }, { done: false }],
    [{ status: 'RUNNING' }, { done: false }],
    [{ status: 'DONE' }, { done: true, error: undefined }],
    [
      { status: 'DONE', error: { errors: [{ code: 'QUOTA_EXCEEDED', message: 'Quota' }] } },
      { done: true, error: 'Quota (QUOTA_EXCEEDED)' },
    ],
    [
      { status: 'DONE', error: { errors: [{}] } },
      { done: true, error: 'no reason given (no code)' },
    ],
  ])('%j', (operation, status) => {
    expect(toOperationStatus({ kind: 'compute#operation', ...operation })).toEqual(status);
  });
});

describe('the writer, on a NAT gateway', () => {
  it('raises its ports, and leaves the rest of it', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('nat-exhausted');
    const where = { project: 'acme-staging', region: 'us-central1' };
    const [before] = await reader.natGateways(where, NEVER);
    const { operation } = await writer.changeNatPorts(GATEWAY, { minPortsPerVm: 4096, maxPortsPerVm: null }, NEVER);
    expect(await writer.operation(operation, NEVER)).toEqual({ done: false });
    expect(await reader.natGateways(where, NEVER)).toEqual([before]);
    await expect(
      writer.changeNatPorts(GATEWAY, { minPortsPerVm: 2048, maxPortsPerVm: null }, NEVER),
    ).rejects.toMatchObject({ code: 'failed-precondition', message: expect.stringContaining('is not ready') });
    afterSeconds(60);
    expect(await writer.operation(operation, NEVER)).toEqual({ done: true, error: undefined });
    expect(await reader.natGateways(where, NEVER)).toEqual([{ ...before, minPortsPerVm: 4096 }]);
  });

  it.each([
    ['no power of two', { minPortsPerVm: 48, maxPortsPerVm: 128 }, 'power of two'],
    ['a most that is not above the least', { minPortsPerVm: 128, maxPortsPerVm: 128 }, 'greater than minPortsPerVm'],
    ['more than there are', { minPortsPerVm: 65_537, maxPortsPerVm: null }, 'between 2 and 65536'],
  ])('is refused %s', async (_, ports, message) => {
    const { writer } = await googleInSandbox('nat-exhausted');
    await expect(writer.changeNatPorts(GATEWAY, ports, NEVER)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    });
  });

  it('knows no other router, and no other gateway', async () => {
    const { writer, writerAs } = await googleInSandbox('nat-exhausted');
    const ports = { minPortsPerVm: 128, maxPortsPerVm: null };
    const refusal = (name: string) => expect(writer.changeNatPorts(name, ports, NEVER)).rejects;
    await refusal(GATEWAY.replace('staging-router', 'x')).toMatchObject({ code: 'not-found' });
    await refusal(GATEWAY.replace('staging-nat', 'x')).toMatchObject({ code: 'not-found' });
    await expect(writerAs('token-of-investigate').changeNatPorts(GATEWAY, ports, NEVER)).rejects.toMatchObject({
      code: 'permission-denied',
    });
  });
});
