import { describe, expect, it } from 'vitest';
import { cloudRun, isSettled } from '../../shared/evidence/cloud-run.ts';
import type { Container, Revision } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, revision, serviceName, template } from '../builders/evidence.ts';
import { inspection, plainService, type Region, reading, revisionsOf, unhurried } from '../builders/ports.ts';

const BACKEND = serviceName('backend');
const withContainer = (over: Partial<Container>) => ({
  template: { ...template, containers: template.containers.map((container) => ({ ...container, ...over })) },
});
const secret = (name: string, version = '3') => ({
  secret: name,
  version,
  as: name.toUpperCase(),
  through: 'environment' as const,
});

async function see(region: Region) {
  const { cloud, asked } = reading({ services: [plainService('backend')], ...region });
  const { services } = await cloudRun.inspect(inspection({ cloud }), unhurried);
  return { service: services[0], asked };
}
const ready = (state: Revision['ready']['state']) => ({
  ready: { state, reason: undefined, message: undefined, at: undefined },
});

describe('cloud-run, revisions', () => {
  it('asks for those of the whole region at once', async () => {
    const { asked } = await see({ revisions: { [BACKEND]: revisionsOf(2) } });
    expect(asked.filter((call) => call.startsWith('revisions'))).toEqual(['revisions acme-staging/us-central1']);
  });

  it('asks for those of one service where the list was cut before its newest', async () => {
    const service = plainService('backend', { latestCreatedRevision: `${BACKEND}/revisions/backend-3` });
    const cut = { services: [service], revisions: { [BACKEND]: revisionsOf(3) } };
    expect((await see({ ...cut, regionRevisionsMax: 0 })).asked).toContain(`revisions ${BACKEND}`);
    const enough = await see({ ...cut, regionRevisionsMax: 1 });
    expect(enough.asked).not.toContain(`revisions ${BACKEND}`);
    expect(enough.service?.revisions).toHaveLength(1);
  });
});

describe('cloud-run, the newest release', () => {
  const before = revision('backend-00002', at(-900), withContainer({ envNames: ['HOST'], envMarks: { HOST: 'a' } }));
  const newest = (over: Partial<Revision> = {}) =>
    revision('backend-00003', at(-300), { ...withContainer({ envNames: ['HOST'], envMarks: { HOST: 'b' } }), ...over });

  it('is compared with the last one that was ready, by values that are not kept', async () => {
    const failed = revision('backend-00002b', at(-600), ready('failed'));
    const { service } = await see({
      revisions: { [BACKEND]: [newest({ createdBy: 'ben@acme.example' }), failed, before] },
    });
    expect(service?.release).toEqual({
      revision: 'backend-00003',
      at: at(-300),
      by: 'ben@acme.example',
      before: 'backend-00002',
      changes: [{ setting: 'env', of: 'HOST', before: 'one value', after: 'another value' }],
    });
    expect(JSON.stringify(service)).not.toContain('envMarks');
  });

  it('is the newest that is settled, and by whoever changed the service where it does not say', async () => {
    const services = [plainService('backend', { lastModifier: 'ann@acme.example' })];
    const trying = revision('backend-00004', at(-5), ready('pending'));
    const { service } = await see({ services, revisions: { [BACKEND]: [trying, newest(), before] } });
    expect(service?.release).toMatchObject({ revision: 'backend-00003', by: 'ann@acme.example' });
    const first = await see({ revisions: { [BACKEND]: [trying] } });
    expect(first.service?.release).toBeUndefined();
  });

  it.each([
    ['pending', false],
    ['reconciling', false],
    ['failed', true],
    ['succeeded', true],
  ] as const)('settles or not: %s', (state, settled) => {
    expect(isSettled(ready(state))).toBe(settled);
  });

  it('is none where nothing came before it', async () => {
    expect((await see({ revisions: { [BACKEND]: [newest()] } })).service?.release).toBeUndefined();
    expect((await see({})).service?.release).toBeUndefined();
  });
});

describe('cloud-run, secrets', () => {
  const name = (short: string, version = '3') => `projects/acme-staging/secrets/${short}/versions/${version}`;

  it('are looked at for the newest revision and for those that serve, each once', async () => {
    const revisions = [
      revision(
        'backend-00003',
        at(-300),
        withContainer({ secrets: [secret('db'), secret('projects/other/secrets/key')] }),
      ),
      revision('backend-00002', at(-900), withContainer({ secrets: [secret('db'), secret('gone')] })),
      revision('backend-00001', at(-990), withContainer({ secrets: [secret('unused')] })),
    ];
    const { service, asked } = await see({
      revisions: { [BACKEND]: revisions },
      secrets: { [name('db')]: 'disabled', 'projects/other/secrets/key/versions/3': 'enabled' },
    });
    expect(service?.secrets).toEqual([
      { name: name('db'), state: 'disabled', detail: undefined },
      { name: 'projects/other/secrets/key/versions/3', state: 'enabled', detail: undefined },
      { name: name('gone'), state: 'missing', detail: undefined },
    ]);
    expect(asked.filter((call) => call === `secret ${name('db')}`)).toHaveLength(1);
  });

  const using = {
    revisions: { [BACKEND]: [revision('backend-00003', at(-300), withContainer({ secrets: [secret('db')] }))] },
  };

  it('are unknown where they may not be looked at, and the rest is seen', async () => {
    const { service } = await see({
      ...using,
      secrets: { [name('db')]: new PlatformFailure('permission-denied', 'denied') },
    });
    expect(service).toMatchObject({ shortName: 'backend', secrets: [{ state: 'unknown', detail: 'denied' }] });
  });

  it('fail with what is no answer of the platform', async () => {
    const { cloud } = reading({ services: [plainService('backend')], ...using });
    const broken = { ...cloud, secretVersion: () => Promise.reject(new TypeError('a mistake')) };
    await expect(cloudRun.inspect(inspection({ cloud: broken }), unhurried)).rejects.toThrow('a mistake');
  });

  it('are forty at most', async () => {
    const secrets = Array.from({ length: 45 }, (_, index) => secret(`s${index}`));
    const { service } = await see({
      revisions: { [BACKEND]: [revision('backend-00003', at(-300), withContainer({ secrets }))] },
    });
    expect(service?.secrets).toHaveLength(40);
  });
});
