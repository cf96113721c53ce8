import { describe, expect, it } from 'vitest';
import { scaleConnector } from '../../shared/remedy/scale-connector.ts';
import { CONNECTOR, connector, environment } from '../builders/evidence.ts';
import { plainConnector, reading, recording, unhurried } from '../builders/ports.ts';
import { bounds, causeOf } from '../builders/remedies.ts';

const size = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 };

describe('scale-connector', () => {
  const propose = (over: Parameters<typeof connector>[0], target = CONNECTOR, within = bounds) =>
    scaleConnector.propose({
      cause: causeOf('connector-saturated', { target }),
      seen: { 'vpc-connector': { connectors: [connector(over)] } },
      environment: { ...environment, bounds: within },
      mark: 'inc-1-1',
    });

  it.each([
    ['ready', true],
    ['updating', false],
    ['creating', false],
    ['unknown', false],
  ] as const)('reads size and state: %s', async (state, settled) => {
    const { cloud } = reading({ connectors: [plainConnector({ state })] });
    expect(await scaleConnector.read(CONNECTOR, cloud, unhurried)).toEqual({
      settings: size,
      etag: undefined,
      settled,
    });
  });

  it.each(['error', 'deleting'] as const)('does not wait on a connector in state %s', async (state) => {
    const { cloud } = reading({ connectors: [plainConnector({ state })] });
    await expect(scaleConnector.read(CONNECTOR, cloud, unhurried)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining(`is in state ${state}`),
    });
  });

  it('writes all three limits together', async () => {
    const { cloud, written } = recording();
    const after = { ...size, instancesMax: 10 };
    const change = { target: CONNECTOR, etag: undefined, before: size, after };
    expect(await scaleConnector.write(change, cloud, unhurried)).toEqual({ operation: 'updateConnector-1' });
    expect(written).toEqual([['updateConnector', CONNECTOR, after]]);
  });

  it('raises the maximum as far as it goes, and says all that matters of it', () => {
    expect(propose({})).toEqual({
      kind: 'proposed',
      change: { target: CONNECTOR, etag: undefined, before: size, after: { ...size, instancesMax: 10 } },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: {
          title: 'Scale connector staging-connector',
          before: '2-3 x e2-micro (about 300 Mbps)',
          after: '2-10 x e2-micro (about 1000 Mbps)',
        },
        expectedEffect: 'connections through staging-connector open again; no service restarts',
        expectedSeconds: 240,
        whatCouldGoWrong:
          'Nothing that runs is replaced. It costs more for good: a connector never shrinks by itself or by update.',
        costUsdPerMonth: 42.8,
        undo: { kind: 'none', why: 'a connector can only be raised; a smaller one is a new one' },
        permanent: {
          gcloud:
            'gcloud compute networks vpc-access connectors update staging-connector --project=acme-staging --region=us-central1 --machine-type=e2-micro --min-instances=2 --max-instances=10',
          terraform: `resource "google_vpc_access_connector" "staging_connector" {
  machine_type  = "e2-micro"
  min_instances = 2
  max_instances = 10
}`,
        },
      },
    });
  });

  it('refuses what was not seen', () => {
    expect(propose({}, `${CONNECTOR}-gone`)).toEqual({
      kind: 'refused',
      reason: `connector ${CONNECTOR}-gone was not observed`,
    });
  });

  it('does not guess the price or the ceiling of machines that it does not know', () => {
    expect(propose({ machineType: 'n4-huge' })).toMatchObject({
      kind: 'proposed',
      change: { after: { machineType: 'n4-huge', instancesMax: 10 } },
      prospect: { costUsdPerMonth: 'unknown', summary: { before: '2-3 x n4-huge', after: '2-10 x n4-huge' } },
    });
  });

  it.each([
    ['there is no larger type', { machineType: 'e2-standard-4', instancesMax: 10 }, bounds],
    ['the next type is not allowed', { instancesMax: 10 }, { ...bounds, connectorMachineTypes: ['e2-micro'] }],
  ])('refuses when it has all the machines it may have and %s', (_, over, within) => {
    expect(propose(over, CONNECTOR, within)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('allows nothing larger'),
    });
  });
});
