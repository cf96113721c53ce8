import { describe, expect, it } from 'vitest';
import { at, CONNECTOR, platform, quota } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const ofApi = (api: string) => ({ rule: 'quota-exhausted', target: `projects/acme-staging/services/${api}` }) as const;
const seen = (over: Parameters<typeof quota>[0] = {}) => ({
  platform: platform({ quotas: { status: 'seen', value: [quota(over)] } }),
});
const refusal = (detail: string, outcome: 'made' | 'refused' = 'refused') => ({
  changes: {
    from: at(-3600),
    changes: [
      {
        at: at(-60),
        by: 'tom@acme.example',
        thing: 'connector',
        method: 'CreateConnector',
        resource: CONNECTOR,
        name: 'staging-connector',
        fields: [],
        outcome,
        detail,
      },
    ] as const,
    truncated: false,
  },
});

describe('guided-quota', () => {
  it.each([
    ['of a rate', ofApi('sqladmin.googleapis.com'), seen()],
    [
      'of what is held in a region',
      ofApi('run.googleapis.com'),
      seen({
        api: 'run.googleapis.com',
        metric: 'run.googleapis.com/cpu_allocation',
        kind: 'concurrent',
        location: 'us-central1',
        limit: 20_000,
      }),
    ],
    ['of a limit that is not known', ofApi('sqladmin.googleapis.com'), seen({ limit: undefined })],
    ['of an API that no line names', ofApi('a Google API'), seen()],
    [
      'without a view of quotas',
      ofApi('sqladmin.googleapis.com'),
      { platform: platform({ quotas: { status: 'unseen', why: 'denied' } }) },
    ],
    ['without any platform', ofApi('sqladmin.googleapis.com'), {}],
    [
      'of a connector',
      { rule: 'connector-in-error', target: CONNECTOR } as const,
      refusal('Insufficient CPU quota in region.'),
    ],
  ])('tells how to ask for more: %s', (_, about, told) =>
    expect(guided('guided-quota', { ...about, seen: told })).toMatchSnapshot(),
  );

  it.each([
    ['it failed for another reason', refusal('The subnet is in use.')],
    ['a quota was no matter', refusal('quota', 'made')],
    ['no change is known', {}],
  ])('refuses a connector where %s', (_, told) =>
    expect(refusalOf('guided-quota', { rule: 'connector-in-error', target: CONNECTOR, seen: told })).toBe(
      'nothing says that staging-connector failed for want of a quota',
    ),
  );
});
