import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { NetworkObservation, NetworkView } from '../../shared/evidence/network.ts';
import type { VpcConnectorObservation } from '../../shared/evidence/vpc-connector.ts';
import type { Connector, Template } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { moveStep, moveToConnector } from '../../shared/remedy/move-to-connector.ts';
import { type MadeConnector, recreateConnector } from '../../shared/remedy/recreate-connector.ts';
import {
  CONNECTOR,
  connector,
  environment,
  NETWORK,
  networkView,
  SUBNETWORK,
  service,
  template,
} from '../builders/evidence.ts';
import { plainConnector, plainService, reading, recording, unhurried } from '../builders/ports.ts';

const { bounds } = environment;
const NEW = CONNECTOR.replace('staging-connector', 'staging-connector2');
const cause: Cause = {
  rule: 'connector-in-error',
  layer: 'infrastructure',
  explains: [],
  target: CONNECTOR,
  claim: 'it is in error',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
};

const old = plainConnector({ state: 'error', network: 'staging' });
const broken: VpcConnectorObservation = { connectors: [connector(old)], neighbours: [old] };
const gone: VpcConnectorObservation = {
  connectors: [],
  unread: [{ name: CONNECTOR, reason: 'not-found', detail: 'not found', services: [] }],
  neighbours: [],
};
const users = [service('backend'), service('auth')];

interface Given {
  readonly seen?: VpcConnectorObservation;
  readonly network?: Partial<NetworkObservation>;
  readonly view?: Partial<NetworkView>;
  readonly services?: readonly ReturnType<typeof service>[];
  readonly target?: string;
  readonly within?: typeof bounds;
}

const propose = ({
  seen = broken,
  network,
  view = {},
  services = users,
  target = CONNECTOR,
  within = bounds,
}: Given = {}) =>
  recreateConnector.propose({
    cause: { ...cause, target },
    seen: {
      'vpc-connector': seen,
      network: { ways: [], networks: [networkView(view)], ...network },
      'cloud-run': { services },
    },
    environment: { ...environment, bounds: within },
    mark: 'inc-1-1',
  });

const supposed = (...names: readonly string[]) => ({
  networks: [],
  supposed: names.map((name) => networkView({ name })),
});

describe('recreate-connector', () => {
  it('makes one beside it, as large, and moves each service to it', () => {
    const proposal = propose();
    expect(proposal).toMatchObject({
      kind: 'proposed',
      change: {
        target: NEW,
        etag: undefined,
        before: { connector: null },
        after: {
          connector: {
            machineType: 'e2-micro',
            instancesMin: 2,
            instancesMax: 3,
            network: 'staging',
            ipCidrRange: '10.8.0.16/28',
            state: 'ready',
          },
        },
      },
      prospect: {
        costUsdPerMonth: 18.34,
        undo: { kind: 'none', why: expect.stringContaining('deletes no connector') },
        summary: {
          title: 'Make connector staging-connector2 beside staging-connector',
          before: 'staging-connector is in state ERROR',
          after: 'staging-connector2: 2-3 x e2-micro, 10.8.0.16/28 of staging',
        },
        permanent: { first: 'Delete staging-connector once everything has left it.' },
      },
      followedBy: ['backend', 'auth'].map((name) => ({
        action: 'move-to-connector',
        target: service(name).name,
        etag: '"1"',
        before: { vpcAccess: { kind: 'connector', connector: CONNECTOR, egress: 'all-traffic' } },
        after: { vpcAccess: { kind: 'connector', connector: NEW, egress: 'all-traffic' } },
        prospect: { costUsdPerMonth: 0, undo: { kind: 'restore-before' } },
      })),
    });
  });

  it('makes one of the usual size where it is gone, in the only network there is, and nothing leads back', () => {
    expect(propose({ seen: gone, network: supposed(NETWORK) })).toMatchObject({
      change: {
        after: {
          connector: { machineType: 'e2-micro', instancesMin: 2, instancesMax: 10, ipCidrRange: '10.8.0.0/28' },
        },
      },
      prospect: {
        summary: { before: 'staging-connector does not exist' },
        whatCouldGoWrong: expect.stringContaining('the old range'),
      },
      followedBy: [{ prospect: { undo: { kind: 'none' } } }, {}],
    });
  });

  it('keeps within the policy', () => {
    expect(
      propose({ seen: gone, network: supposed(NETWORK), within: { ...bounds, connectorInstancesMax: 3 } }),
    ).toMatchObject({
      change: { after: { connector: { instancesMin: 2, instancesMax: 3 } } },
    });
    const full = plainConnector({ ...old, instancesMin: 9, instancesMax: 10 });
    expect(
      propose({
        seen: { connectors: [connector(full)], neighbours: [full] },
        within: { ...bounds, connectorInstancesMax: 5 },
      }),
    ).toMatchObject({
      change: { after: { connector: { instancesMin: 4, instancesMax: 5 } } },
    });
  });

  it('takes no range and no name that another connector has', () => {
    const other = plainConnector({ name: NEW, network: NETWORK, ipCidrRange: '10.8.0.16/28' });
    const elsewhere = plainConnector({ name: `${CONNECTOR}9`, network: 'other', ipCidrRange: '10.8.0.32/28' });
    const unknown = plainConnector({ name: `${CONNECTOR}8`, network: undefined, ipCidrRange: undefined });
    const homeless = plainConnector({ name: `${CONNECTOR}7`, network: 'staging', ipCidrRange: undefined });
    expect(propose({ seen: { ...broken, neighbours: [other, elsewhere, unknown, homeless] } })).toMatchObject({
      change: {
        target: CONNECTOR.replace('staging-connector', 'staging-connector3'),
        after: { connector: { ipCidrRange: '10.8.0.32/28' } },
      },
    });
  });

  const ready = plainConnector({ network: 'staging' });
  it.each<[string, Given, string]>([
    ['what was not seen', { target: `${CONNECTOR}-x` }, 'was not observed'],
    [
      'one that could not be read',
      { seen: { ...gone, unread: [{ name: CONNECTOR, reason: 'denied', detail: '', services: [] }] } },
      'was not observed',
    ],
    [
      'one that works',
      { seen: { connectors: [connector(ready)], neighbours: [] } },
      'staging-connector is ready: only one in error',
    ],
    ['where nobody knows what is beside it', { seen: { connectors: [connector(old)] } }, 'could not be listed'],
    [
      'one on a subnetwork of its own',
      { seen: { ...broken, connectors: [connector({ ...old, subnetwork: SUBNETWORK })] } },
      'subnetwork of its own, run',
    ],
    [
      'where its network was not seen',
      { network: { networks: [] } },
      'the network of staging-connector was not observed',
    ],
    [
      'where it names no network',
      { seen: { ...broken, connectors: [connector({ ...old, network: undefined })] } },
      'was not observed',
    ],
    ['one that is gone, of no network', { seen: gone }, 'which network it was in is not known: none could be read'],
    [
      'one that is gone, of two networks',
      { seen: gone, network: supposed(NETWORK, `${NETWORK}2`) },
      'acme-staging has 2',
    ],
    [
      'one that is gone, of another project',
      { seen: gone, network: supposed('projects/host/global/networks/n') },
      'none could be read',
    ],
    [
      'where what is taken could not be read',
      { view: { unread: [{ part: 'routes', detail: 'denied' }] } },
      'what is taken of staging is not known (routes): denied',
    ],
    ['where nothing is free', { view: { privateRanges: ['10.0.0.0/8'] } }, 'no /28 of staging is known to be free'],
    [
      'where every name is taken',
      {
        seen: {
          ...broken,
          neighbours: [2, 3, 4, 5, 6, 7, 8, 9].map((n): Connector => ({ ...old, name: `${CONNECTOR}${n}` })),
        },
      },
      'every name beside staging-connector is taken',
    ],
    ['where nobody uses it', { services: [] }, 'no watched service sends through staging-connector'],
    [
      'where one of its services is pinned',
      { services: [...users, service('pinned', { traffic: [{ revision: 'pinned-00001', percent: 100 }] })] },
      'traffic of pinned is pinned',
    ],
  ])('refuses %s', (_, given, reason) => {
    expect(propose(given)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  const after = { ...old, network: 'staging', ipCidrRange: '10.8.0.16/28', state: 'ready' as const };
  const { name: _, subnetwork: _subnetwork, ...made } = after;
  const limits = (over: Partial<typeof made>, present: MadeConnector = { connector: null }, within = bounds) =>
    recreateConnector.outOfLimits?.({
      after: { connector: { ...made, ...over } },
      present,
      bounds: within,
      boundsAt: 'environments.staging.bounds',
    });

  it.each([
    [{}, undefined],
    [{ instancesMin: 1 }, 'not 1-3'],
    [{ instancesMin: 3 }, 'not 3-3'],
    [{ instancesMax: 10 }, undefined],
    [{ instancesMax: 11 }, 'not 2-11'],
    [{ ipCidrRange: '10.8.0.0/27' }, 'a range of /28'],
    [{ machineType: 'f1-micro' }, 'connectorMachineTypes (e2-micro, e2-standard-4) does not name f1-micro'],
  ])('%j: %s', (over, refusal) => {
    if (refusal === undefined) expect(limits(over)).toBeUndefined();
    else expect(limits(over)).toContain(refusal);
  });

  it('keeps to the policy, to a name that is free, and deletes nothing', async () => {
    expect(limits({ instancesMax: 6 }, undefined, { ...bounds, connectorInstancesMax: 5 })).toContain(
      'connectorInstancesMax (5)',
    );
    expect(limits({}, undefined, { ...bounds, connectorMachineTypes: [] })).toContain('connectorMachineTypes (none)');
    expect(limits({}, { connector: { ...made, state: 'error' } })).toContain('already, in state error');
    const nothing = { connector: null };
    expect(recreateConnector.outOfLimits?.({ after: nothing, present: nothing, bounds, boundsAt: 'b' })).toContain(
      'deletes no',
    );
    const change = { target: NEW, etag: undefined, before: nothing, after: nothing };
    expect(() => recreateConnector.write(change, recording().cloud, unhurried)).toThrow(
      'runmedic deletes no connector',
    );
  });

  it('reads that there is none, and how far one is', async () => {
    const at = (state: Connector['state'], over: Partial<Connector> = {}) =>
      recreateConnector.read(
        NEW,
        reading({ connectors: [plainConnector({ ...after, name: NEW, state, ...over })] }).cloud,
        unhurried,
      );
    expect(await recreateConnector.read(NEW, reading({}).cloud, unhurried)).toEqual({
      settings: { connector: null },
      etag: undefined,
      settled: true,
    });
    expect(await at('ready')).toEqual({ settings: { connector: made }, etag: undefined, settled: true });
    expect(await at('error')).toMatchObject({ settings: { connector: { state: 'error' } }, settled: true });
    expect(await at('creating')).toMatchObject({ settled: false });
    expect(await at('updating', { network: undefined, ipCidrRange: undefined })).toMatchObject({
      settings: { connector: { network: '', ipCidrRange: '' } },
      settled: false,
    });
    const failing = {
      also: {
        connector: async () => {
          throw new PlatformFailure('permission-denied', 'denied');
        },
      },
    };
    await expect(recreateConnector.read(NEW, { ...reading({}).cloud, ...failing.also }, unhurried)).rejects.toThrow(
      'denied',
    );
  });

  it('writes what it is made of', async () => {
    const { cloud, written } = recording();
    const change = { target: NEW, etag: undefined, before: { connector: null }, after: { connector: made } };
    expect(await recreateConnector.write(change, cloud, unhurried)).toEqual({ operation: 'createConnector-1' });
    const { state: _state, ...make } = made;
    expect(written).toEqual([['createConnector', NEW, make]]);
  });
});

describe('move-to-connector', () => {
  const images = ['us-docker.pkg.dev/acme/app@sha256:aaaa'];
  const through = (connector: string, egress: 'all-traffic' | 'private-ranges-only' = 'all-traffic') => ({
    vpcAccess: { kind: 'connector', connector, egress } as const,
    images,
  });
  const without = { vpcAccess: { kind: 'none' } as const, images };

  it('is never proposed by itself', () => {
    const seen = { 'cloud-run': { services: users } };
    const target = service('backend').name;
    expect(moveToConnector.propose({ cause: { ...cause, target }, seen, environment, mark: 'm' })).toMatchObject({
      kind: 'refused',
    });
    expect(moveToConnector.answers).toEqual([]);
  });

  it.each([
    [through(NEW), through(CONNECTOR), undefined],
    [through(NEW, 'private-ranges-only'), through(CONNECTOR), 'stays the same'],
    [without, through(CONNECTOR), 'from one connector to another'],
    [through(NEW), without, 'from one connector to another'],
  ])('%j after %j: %s', (after, present, refusal) => {
    const said = moveToConnector.outOfLimits?.({ after, present, bounds, boundsAt: 'b' });
    if (refusal === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(refusal);
  });

  it('is no step for a service without a connector', () => {
    const direct: Template = { ...template, vpcAccess: { kind: 'none' } };
    expect(moveStep(service('backend', { template: direct }), NEW, { kind: 'restore-before' })).toMatchObject({
      kind: 'refused',
    });
  });

  it('reads and writes the way and the images', async () => {
    const target = service('backend').name;
    const { cloud: cloudReader } = reading({ services: [plainService('backend')] });
    expect(await moveToConnector.read(target, cloudReader, unhurried)).toMatchObject({ settings: through(CONNECTOR) });
    const { cloud, written } = recording();
    await moveToConnector.write(
      { target, etag: '"1"', before: through(CONNECTOR), after: through(NEW) },
      cloud,
      unhurried,
    );
    expect(written).toEqual([['changeService', { name: target, etag: '"1"' }, { template: through(NEW) }]]);
  });
});
