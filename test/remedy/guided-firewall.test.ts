import { describe, expect, it } from 'vitest';
import { at, firewall, networkView } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const network = (over: Parameters<typeof firewall>[0] = {}) => ({
  ways: [],
  networks: [networkView({ firewalls: [firewall(over)] })],
});
const about = { rule: 'firewall-blocking', target: 'projects/acme-staging/global/firewalls/deny-databases' } as const;
const change = {
  at: at(-300),
  thing: 'network',
  method: 'firewalls.insert',
  resource: 'r',
  name: 'deny-databases',
  fields: [],
  detail: '',
} as const;
const changed = (by: string | undefined, outcome: 'made' | 'refused' = 'made') => ({
  from: at(-3600),
  changes: [{ ...change, by, outcome }],
  truncated: false,
});

describe('guided-firewall', () => {
  it.each([
    ['of an egress rule', { network: network(), changes: changed('bob@acme.example') }],
    [
      'of an ingress rule by tags',
      {
        network: network({
          direction: 'ingress',
          ranges: [],
          sourceTags: ['web'],
          protocols: [{ protocol: 'tcp', ports: ['5432', '6379'] }],
        }),
        changes: changed(undefined),
      },
    ],
    [
      'of a rule for everybody, without a change',
      { network: network({ ranges: [] }), changes: changed('bob@acme.example', 'refused') },
    ],
  ] as const)('tells what to do: %s', (_, seen) =>
    expect(guided('guided-firewall', { ...about, seen })).toMatchSnapshot(),
  );

  it.each([
    ['it is not there', { ways: [], networks: [networkView()] }],
    ['it is another project’s', network({ network: 'projects/other/global/networks/staging' })],
  ])('refuses where %s', (_, seen) =>
    expect(refusalOf('guided-firewall', { ...about, seen: { network: seen } })).toBe(
      'firewall rule deny-databases was not observed',
    ),
  );
});
