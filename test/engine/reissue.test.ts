import { afterEach, expect, it } from 'vitest';
import { APPROVAL_HOLDS_SECONDS } from '../../shared/incident/approval.ts';
import { EXECUTION_SECONDS_MAX } from '../../shared/incident/moves.ts';
import { secondsBetween } from '../../shared/ports/clock.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

type OnWorld = Awaited<ReturnType<typeof onWorld>>;

const HOST = 'api-staging.acme.test';
const open: OnWorld[] = [];

async function approvedOn(scenario: string): Promise<OnWorld> {
  const world = await onWorld(scenario);
  open.push(world);
  await world.alerted();
  await world.planned();
  await world.approve(await world.signedApproval());
  return world;
}

/** A minute of the world, with every step that is to be carried out delivered twice. */
async function minute(world: OnWorld): Promise<void> {
  for (const effect of await world.settle('carry-out')) {
    await world.handle(effect);
    await world.handle(effect);
  }
  await world.minute();
}

const written = (world: OnWorld) =>
  world.calls
    .list()
    .flatMap(({ identity, method, path }) =>
      identity.startsWith('remediate') && method === 'POST' ? [path.split('/').slice(-2).join('/')] : [],
    );

const attached = ({ world }: OnWorld) => world.state.edge.hosts.get(HOST)?.certificates;
const leadAstray = ({ world }: OnWorld, aaaa: readonly string[]) => {
  const records = world.state.edge.dns.get(HOST);
  if (records) records.aaaa = aaaa;
};

afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

it('a certificate that Google takes hours to issue is waited for, each step written once, and the old one goes last', async () => {
  const world = await approvedOn('certificate-renewal-rate-limited');
  const { approval, signed } = must(await world.incident(), 'executing');
  const fresh = signed.plan.steps[0].target.split('/').at(-1);
  leadAstray(world, ['2001:db8::1']);
  const waited = async () => secondsBetween(approval.issuedAt, await world.clock.now());
  while ((await waited()) < EXECUTION_SECONDS_MAX + APPROVAL_HOLDS_SECONDS) await minute(world);
  expect(must(await world.incident(), 'executing')).toMatchObject({ step: 1, operation: { step: 1 } });
  expect(attached(world)).toEqual(['api-staging-cert', fresh]);
  leadAstray(world, []);
  for (let minutes = 0; minutes < 60 && (await world.incident()).status === 'executing'; minutes += 1)
    await minute(world);
  expect((await world.incident()).status).toBe('verifying');
  expect(attached(world)).toEqual([fresh]);
  expect(written(world)).toEqual([
    'global/sslCertificates',
    'api-staging-proxy/setSslCertificates',
    'api-staging-proxy/setSslCertificates',
  ]);
}, 120_000);

it('a step whose proxy somebody else changed meanwhile is not written', async () => {
  const world = await approvedOn('certificate-renewal-rate-limited');
  world.world.state.edge.certificates.set('other', {
    name: 'other',
    product: 'self-managed',
    names: [HOST],
    chain: 'complete',
    issuance: 'works',
    createdMs: world.world.nowMs,
    expiresMs: world.world.nowMs + 1e10,
    status: 'ACTIVE',
    domainStatus: {},
  });
  world.world.state.edge.hosts.get(HOST)?.certificates.push('other');
  await minute(world);
  await minute(world);
  expect(attached(world)).toEqual(['api-staging-cert', 'other']);
  expect(written(world)).toEqual(['global/sslCertificates']);
  expect(await world.incident()).toMatchObject({
    status: 'escalated',
    reason: 'execution-failed',
    detail: expect.stringContaining('neither as it was seen nor as it was to be'),
  });
}, 60_000);

it('what lies in the project is attached once', async () => {
  const world = await approvedOn('certificate-wrong-name');
  const [effect] = await world.settle('carry-out');
  if (effect === undefined) throw new Error('nothing to carry out');
  await world.handle(effect);
  await world.handle(effect);
  expect((await world.incident()).status).toBe('verifying');
  expect(written(world)).toEqual(['api-staging-proxy/setSslCertificates']);
  expect(attached(world)).toHaveLength(2);
}, 60_000);
