import fc from 'fast-check';
import type { Trouble } from './cloud.ts';
import type { Persona } from './people.ts';
import type { AlertTold, Plot } from './plot.ts';

const trouble: fc.Arbitrary<Trouble> = fc.record({
  kind: fc.constantFrom('connector-full' as const, 'release-broken' as const),
  change: fc.constantFrom(
    'heals' as const,
    'does-nothing' as const,
    'makes-worse' as const,
    'fails' as const,
    'meets-another' as const,
  ),
  failing: fc.constantFrom(0, 0.05, 0.2),
});

const persona: fc.Arbitrary<Persona> = fc.constantFrom(
  'approves',
  'approves-by-group',
  'approves-late',
  'both-approve',
  'one-approves-one-rejects',
  'rejects',
  'ignores',
  'stranger-approves',
  'stranger-asks-first',
  'guest-approves',
  'approves-another-plan',
  'approves-another-incident',
);

const alert: fc.Arbitrary<AlertTold> = fc.record({
  // Storms come all at once; the rest comes whenever it likes.
  afterSeconds: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(2_000)),
  incident: fc.integer({ min: 1, max: 6 }),
  state: fc.constantFrom('open' as const, 'closed' as const),
});

/** The alert that begins the story; some deaths, most of them where an incident still moves; more alerts, repeated or closing. */
export const plots: fc.Arbitrary<Plot> = fc.record({
  seed: fc.nat(),
  trouble,
  persona,
  deciding: fc.constantFrom('in-their-time' as const, 'at-once' as const),
  alerts: fc
    .array(alert, { maxLength: 6 })
    .map((more): readonly AlertTold[] => [{ afterSeconds: 0, incident: 1, state: 'open' }, ...more]),
  crashesAt: fc.array(fc.integer({ min: 1, max: 250 }), { maxLength: 5 }),
  repeating: fc.constantFrom(0, 0.1, 0.4),
  tests: fc.constantFrom('pass' as const, 'fail' as const, 'hang' as const, 'refused' as const, 'answer-lost' as const),
});

/** A story in which nothing goes wrong, to be changed in one place. */
export const quiet: Plot = {
  seed: 1,
  trouble: { kind: 'connector-full', change: 'heals', failing: 0 },
  persona: 'approves',
  deciding: 'in-their-time',
  alerts: [{ afterSeconds: 0, incident: 1, state: 'open' }],
  crashesAt: [],
  repeating: 0,
  tests: 'pass',
};
