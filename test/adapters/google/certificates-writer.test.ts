import { describe, expect, it } from 'vitest';
import type { CloudWriter } from '../../../shared/ports/cloud.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const PROJECT = 'projects/acme-staging';
const PROXY = `${PROJECT}/global/targetHttpsProxies/api-staging-proxy`;
const OLD = 'global/sslCertificates/api-staging-cert';
const NEW = 'global/sslCertificates/api-staging-cert-2';
const HOST = 'api-staging.acme.test';
const HOUR = 3600;

async function inSandbox(scenario = 'healthy') {
  const google = await googleInSandbox(scenario);
  let seconds = 1;
  const passes = (more: number) => {
    seconds += more;
    google.afterSeconds(seconds);
  };
  passes(1);
  const ended = async (made: ReturnType<CloudWriter['setProxyCertificates']>) => {
    const { operation } = await made;
    expect(operation).toMatch(/^compute:projects\/acme-staging\/global\/operations\/operation-/);
    expect(await google.writer.operation(operation, NEVER)).toEqual({ done: false });
    passes(30);
    expect(await google.writer.operation(operation, NEVER)).toEqual({ done: true, error: undefined });
  };
  const proxy = async () => {
    const proxies = await google.reader.targetProxies({ project: 'acme-staging' }, NEVER);
    return proxies.find(({ name }) => name === 'api-staging-proxy');
  };
  const certificate = async (link: string) => {
    const all = await google.reader.computeCertificates({ project: 'acme-staging' }, NEVER);
    return all.find((one) => one.link === link);
  };
  return { ...google, passes, ended, proxy, certificate };
}

describe('certificates, on a Google Cloud project', () => {
  it('are made, attached, issued after most of an hour, and the old one detached', async () => {
    const { writer, ended, passes, proxy, certificate } = await inSandbox();
    await ended(writer.createManagedCertificate(`${PROJECT}/${NEW}`, [HOST], NEVER));
    expect(await certificate(NEW)).toMatchObject({ management: 'managed', domains: [HOST], state: 'provisioning' });
    await ended(writer.setProxyCertificates(PROXY, [OLD, NEW], NEVER));
    expect(await proxy()).toMatchObject({ certificates: [OLD, NEW], certificateMap: undefined });
    passes(600);
    expect(await certificate(NEW)).toMatchObject({ state: 'provisioning', domainStates: [{ state: 'active' }] });
    passes(HOUR);
    expect(await certificate(NEW)).toMatchObject({ state: 'active', domainStates: [{ state: 'active' }] });
    await ended(writer.setProxyCertificates(PROXY, [NEW], NEVER));
    expect(await proxy()).toMatchObject({ certificates: [NEW] });
  });

  it('are never issued while they are attached to nothing, or while CAA forbids it', async () => {
    const loose = await inSandbox();
    await loose.ended(loose.writer.createManagedCertificate(`${PROJECT}/${NEW}`, [HOST], NEVER));
    loose.passes(2 * HOUR);
    expect(await loose.certificate(NEW)).toMatchObject({
      state: 'provisioning',
      domainStates: [{ detail: 'FAILED_NOT_VISIBLE' }],
    });
    const forbidden = await inSandbox('certificate-caa-letsencrypt-only');
    await forbidden.ended(forbidden.writer.createManagedCertificate(`${PROJECT}/${NEW}`, [HOST], NEVER));
    await forbidden.ended(forbidden.writer.setProxyCertificates(PROXY, [OLD, NEW], NEVER));
    forbidden.passes(2 * HOUR);
    expect(await forbidden.certificate(NEW)).toMatchObject({
      state: 'provisioning',
      domainStates: [{ detail: 'FAILED_CAA_FORBIDDEN' }],
    });
  });

  it('count again when their proxy’s map is taken off, and no longer when it is put back', async () => {
    const { writer, ended, passes, proxy } = await inSandbox('certificate-map-wins');
    passes(60);
    expect(await proxy()).toMatchObject({ certificates: [OLD], certificateMap: 'api-staging-certs' });
    await ended(writer.setProxyCertificateMap(PROXY, undefined, NEVER));
    expect(await proxy()).toMatchObject({ certificates: [OLD], certificateMap: undefined });
    await ended(writer.setProxyCertificateMap(PROXY, 'api-staging-certs', NEVER));
    expect(await proxy()).toMatchObject({ certificates: [OLD], certificateMap: 'api-staging-certs' });
  });

  it.each([
    ['a wildcard', NEW, ['*.acme.test'], 'invalid-argument', 'Wildcard domains not supported.'],
    ['a name that is none', NEW, ['none'], 'invalid-argument', 'Invalid domain name specified.'],
    ['too long a domain', NEW, [`${'a'.repeat(60)}.test`], 'invalid-argument', 'at most 64'],
    ['no domain', NEW, [], 'invalid-argument', 'resource.managed.domains'],
    ['a hundred and one', NEW, Array.from({ length: 101 }, (_, n) => `a${n}.test`), 'invalid-argument', '1 to 100'],
    [
      'a name of 64',
      `global/sslCertificates/${'a'.repeat(64)}`,
      [HOST],
      'invalid-argument',
      'Must be a match of regex',
    ],
    ['a name that is taken', OLD, [HOST], 'conflict', 'already exists'],
  ] as const)('are not made of %s: the API’s own law', async (_, link, domains, code, message) => {
    const { writer } = await inSandbox();
    await expect(writer.createManagedCertificate(`${PROJECT}/${link}`, domains, NEVER)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('are attached where they are there, at most fifteen, never none, one change at a time', async () => {
    const { writer, proxy } = await inSandbox();
    const set = (links: readonly string[], name = PROXY) => writer.setProxyCertificates(name, links, NEVER);
    await expect(set([OLD, NEW])).rejects.toMatchObject({ code: 'not-found' });
    await expect(set([OLD], `${PROXY}-gone`)).rejects.toMatchObject({ code: 'not-found' });
    await expect(set([])).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(set(Array.from({ length: 16 }, () => OLD))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('Up to 15'),
    });
    await writer.createManagedCertificate(`${PROJECT}/${NEW}`, [HOST], NEVER);
    const notReady = { code: 'invalid-argument', message: expect.stringContaining('is not ready') };
    await expect(set([OLD, NEW])).rejects.toMatchObject(notReady);
    await set([OLD]);
    await expect(set([OLD])).rejects.toMatchObject(notReady);
    expect(await proxy()).toMatchObject({ certificates: [OLD] });
  });

  it('need a map that is there, and something that counts without one', async () => {
    const { writer } = await inSandbox();
    await expect(writer.setProxyCertificateMap(PROXY, 'gone', NEVER)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    const { world, writer: mapped } = await inSandbox('certificate-map-wins');
    world.advanceTo(world.nowMs + 60_000);
    for (const host of world.state.edge.hosts.values()) host.certificates = [];
    await expect(mapped.setProxyCertificateMap(PROXY, undefined, NEVER)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('needs a certificate map'),
    });
  });

  it('are changed only as the one identity that may, and no operation is followed that is gone', async () => {
    const { writerAs, writer } = await inSandbox();
    const other = writerAs('token-of-investigate');
    for (const [made, permission] of [
      [other.createManagedCertificate(`${PROJECT}/${NEW}`, [HOST], NEVER), 'compute.sslCertificates.create'],
      [other.setProxyCertificates(PROXY, [OLD], NEVER), 'compute.targetHttpsProxies.setSslCertificates'],
      [other.setProxyCertificateMap(PROXY, 'm', NEVER), 'compute.targetHttpsProxies.setCertificateMap'],
    ] as const)
      await expect(made).rejects.toMatchObject({
        code: 'permission-denied',
        message: expect.stringContaining(permission),
      });
    await expect(writer.operation(`compute:${PROJECT}/global/operations/1`, NEVER)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
