import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { platformIncident } from '../../shared/diagnosis/platform-incident.ts';
import { REFUSALS_MIN } from '../../shared/diagnosis/quota-exhausted.ts';
import { ONSET_SECONDS_MAX } from '../../shared/diagnosis/revisions.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation, SignatureCount } from '../../shared/evidence/logs.ts';
import type { CloudIncident } from '../../shared/ports/platform.ts';
import {
  at,
  cloudIncident,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  platform,
  points,
  revision,
  service,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';

// Told again, so that a threshold that is changed is noticed.
const AFTER_SECONDS = 3600;
const BEFORE_SECONDS = 600;
const SERVICES_MIN = 2;
const TOGETHER_SECONDS = 120;

const ALL = ['auth', 'backend', 'frontend'];
/** Containers of these services do not come up, and nobody but the platform says a word. */
const stalled = (names: readonly string[] = ALL, over: Partial<LogsObservation> = {}): LogsObservation =>
  logs({
    failed: names.map((name) => failed(name, 50, { reachedContainer: false })),
    signatures: names.map((name) => line(name, 'startup-probe-failed', 8)),
    onsets: names.map((name) => ({ service: name, at: at(-240) })),
    ...over,
  });
const also = (line: SignatureCount, names = ALL) => {
  const base = stalled(names);
  return { ...base, signatures: [...base.signatures, line] };
};
const on = (seen: LogsObservation, over: Partial<Evidence> = {}) =>
  judge(platformIncident, evidence({ logs: observed(seen), ...over }), context);
const told = (over: Partial<CloudIncident> = {}) =>
  observed(platform({ incidents: { status: 'seen', value: [cloudIncident(over)] } }));

describe('a service whose starts fail while what runs of it serves on', () => {
  const FOUR = ['auth', 'backend', 'frontend', 'worker'];
  const beside = (
    signatures: readonly SignatureCount[],
    deployedAt = at(-86_400),
    over: Partial<LogsObservation> = {},
  ) => {
    const base = stalled();
    const services = FOUR.map((name) =>
      service(name, { revisions: [revision(`${name}-00002`, name === 'worker' ? deployedAt : at(-86_400))] }),
    );
    const seen = { ...base, signatures: [...base.signatures, ...signatures], ...over };
    const run = { 'cloud-run': observed({ services }) };
    return [on(seen, run), on(seen, { ...run, platform: told() })].map(([found]) =>
      found?.kind === 'cause' ? found.services : found?.kind,
    );
  };
  const stalls = line('worker', 'startup-probe-failed', 2);

  it.each<[string, readonly SignatureCount[], ReturnType<typeof at>, readonly string[]]>([
    ['alike', [stalls], at(-86_400), FOUR],
    ['not at all', [], at(-86_400), ALL],
    ['with a word of its own', [stalls, line('worker', 'unknown', 1)], at(-86_400), ALL],
    ['from its deploy on', [stalls], at(-240 - ONSET_SECONDS_MAX), ALL],
    ['longer after its deploy', [stalls], at(-241 - ONSET_SECONDS_MAX), FOUR],
  ])('is harmed by the same: %s', (_, signatures, deployedAt, services) => {
    expect(beside(signatures, deployedAt)).toEqual([services, services]);
  });
});

describe('an incident that Google has announced', () => {
  it('is the cause where services fail and say nothing of their own', () => {
    expect(on(stalled(), { platform: told({ workaround: 'None at this time.' }) })).toMatchObject([
      {
        kind: 'cause',
        target: 'projects/acme-staging/locations/global/events/e1',
        claim:
          'Google Cloud has an incident of Cloud Run: "Instances of Cloud Run fail to start"; 3 of 3 services fail and say nothing of their own.',
        confidence: 'likely',
        services: ALL,
        expects: [{ seen: 'yes' }],
        evidence: [
          { text: 'Confirmed by Google, related to this project, since 2026-11-23T02:55:00.000Z.' },
          { text: "Google's workaround: None at this time." },
          { url: 'https://status.cloud.google.com/' },
        ],
      },
    ]);
  });

  it.each([
    ['impacted', 'certain'],
    ['related', 'likely'],
    ['partially-related', 'possible'],
    ['unknown', 'possible'],
  ] as const)('that Google calls %s is %s', (relevance, confidence) => {
    expect(
      on(stalled(), { platform: told({ relevance, detailedState: 'emerging', startedAt: undefined }) }),
    ).toMatchObject([{ target: expect.stringContaining('/events/'), confidence, expects: [{ seen: 'unknown' }] }]);
  });

  it.each([
    ['elsewhere', { impacts: [{ product: 'Cloud Run', location: 'europe-west1' }] }],
    ['of what nobody here feels', { impacts: [{ product: 'Google BigQuery', location: 'us-central1' }] }],
    ['that does not touch the project', { relevance: 'not-impacted' as const }],
  ])('%s is none of ours', (_, over) => {
    expect(on(stalled(['backend']), { platform: told(over) })).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('of a zone here, or of the whole world, is ours', () => {
    for (const location of ['us-central1-a', 'global'])
      expect(on(stalled(), { platform: told({ impacts: [{ product: 'Cloud Run', location }] }) })).toMatchObject([
        { target: expect.stringContaining('/events/') },
      ]);
  });

  it('does not take from a service the story that it tells itself', () => {
    const found = on(also(line('backend', 'module-missing', 9)), { platform: told() });
    expect(found).toMatchObject([{ target: expect.stringContaining('/events/'), services: ['auth', 'frontend'] }]);
    expect(on(also(line('backend', 'container-exited', 9), ['backend']), { platform: told() })).toMatchObject([
      { kind: 'ruled-out' },
    ]);
  });

  it(`wants ${SERVICES_MIN} services, or Google's word that the project is hit, or a project of one`, () => {
    expect(on(stalled(['backend']), { platform: told() })).toMatchObject([{ kind: 'ruled-out' }]);
    expect(on(stalled(['backend', 'auth']), { platform: told() })).toMatchObject([{ kind: 'cause' }]);
    expect(on(stalled(['backend']), { platform: told({ relevance: 'impacted' }) })).toMatchObject([{ kind: 'cause' }]);
    const alone = { platform: told(), 'cloud-run': observed({ services: [service('backend')] }) };
    expect(on(stalled(['backend']), alone)).toMatchObject([{ kind: 'cause', services: ['backend'] }]);
  });

  it.each([
    [240 - BEFORE_SECONDS, 'events', 'yes'],
    [240 - BEFORE_SECONDS - 1, 'locations/us-central1', undefined],
    [240 + AFTER_SECONDS, 'events', 'yes'],
    [240 + AFTER_SECONDS + 1, 'events', 'no'],
  ])('that began %i s ago, of trouble that began 240 s ago', (seconds, target, expected) => {
    const [found] = on(stalled(), { platform: told({ startedAt: at(-seconds) }) });
    expect(found).toMatchObject({ target: expect.stringContaining(target) });
    if (expected !== undefined) expect(found).toMatchObject({ expects: [{ seen: expected }] });
  });
});

describe('services that fail at once without a word', () => {
  it('are the platform’s, likely where all do', () => {
    expect(on(stalled())).toMatchObject([
      {
        kind: 'cause',
        target: 'projects/acme-staging/locations/us-central1',
        claim:
          '3 of 3 services fail at Cloud Run itself since 02:56 UTC, all within 0 s and without a word of their own: 150 requests failed, 24 starts failed.',
        confidence: 'likely',
        services: ALL,
        evidence: [{ text: expect.stringContaining('Service Health is not enabled') }, {}],
      },
    ]);
    expect(on(stalled(['backend', 'auth']))).toMatchObject([{ confidence: 'possible' }]);
  });

  it('and are given no instance: so it is after billing was lifted', () => {
    const away = stalled(ALL, { signatures: ALL.map((name) => line(name, 'no-available-instance', 40)) });
    const counts = observed({ services: ALL.map((name) => serviceMetrics(name, { instances: points([0, 0, 0]) })) });
    expect(on(away, { metrics: counts })).toMatchObject([
      {
        claim: expect.stringContaining('3 of 3 services are given no instance'),
        evidence: [{}, { text: expect.stringContaining('billing') }],
      },
    ]);
    // A service at its ceiling has a limit of its own.
    const full = observed({
      services: ALL.map((name) => serviceMetrics(name, { instances: points([20, 20], at(-60)) })),
    });
    expect(on(away, { metrics: full })).toMatchObject([{ kind: 'ruled-out' }]);
    expect(on(away, { metrics: unavailable('no') })).toMatchObject([{ kind: 'cause' }]);
  });

  const away = stalled(ALL, { signatures: ALL.map((name) => line(name, 'no-available-instance', 40)) });
  it.each([
    ['before it failed', -241, 20, 'cause'],
    ['as it began to fail', -240, 20, 'ruled-out'],
    ['not even then', -240, 19, 'cause'],
  ])('and are at their ceiling %s', (_, seconds, instances, kind) => {
    const seen = ALL.map((name) => serviceMetrics(name, { instances: points([instances], at(seconds)) }));
    expect(on(away, { metrics: observed({ services: seen }) })).toMatchObject([{ kind }]);
  });

  it('are judged each by its own ceiling, starts, requests and words', () => {
    const full = (...names: readonly string[]) =>
      observed({
        services: ALL.map((name) => serviceMetrics(name, { instances: points([names.includes(name) ? 20 : 1]) })),
      });
    const others = [{ kind: 'cause', services: ['auth', 'frontend'] }];
    expect(on(away, { metrics: full('backend') })).toMatchObject(others);
    const starts = ['auth', 'frontend'].map((name) => line(name, 'startup-probe-failed', 8));
    const signatures = [...starts, line('backend', 'no-available-instance', 40)];
    expect(on(stalled(ALL, { signatures }), { metrics: full(...ALL) })).toMatchObject(others);
    const answered = stalled(ALL, {
      failed: ALL.map((name) => failed(name, name === 'backend' ? 200 : 50, { reachedContainer: name === 'backend' })),
    });
    expect(on(answered)).toMatchObject(others);
    expect(on(also(line('backend', 'unknown', 1)))).toMatchObject(others);
  });

  it.each([
    ['half of their requests', 25, 'ruled-out'],
    ['one request less', 24, 'cause'],
  ])('and whose containers answered %s', (_, reached, kind) => {
    const failures = ALL.flatMap((name) => [
      failed(name, reached),
      failed(name, 50 - reached, { reachedContainer: false }),
    ]);
    expect(on(stalled(ALL, { failed: failures }))).toMatchObject([{ kind }]);
  });

  it.each([
    [5, { kind: 'cause' }],
    [4, { reason: 'no watched service fails' }],
  ])('with %i failed requests each', (count, expected) => {
    const failures = ALL.map((name) => failed(name, count, { reachedContainer: false }));
    expect(on(stalled(ALL, { failed: failures }))).toMatchObject([expected]);
  });

  it.each([
    [TOGETHER_SECONDS, 'auth', 'cause'],
    [TOGETHER_SECONDS + 1, 'auth', 'ruled-out'],
    [TOGETHER_SECONDS, 'frontend', 'cause'],
    [TOGETHER_SECONDS + 1, 'frontend', 'ruled-out'],
  ])('within %i s, %s last: %s', (apart, last, kind) => {
    const onsets = ALL.map((name) => ({ service: name, at: at(-240 + (name === last ? apart : 0)) }));
    expect(on(stalled(ALL, { onsets }))).toMatchObject([{ kind }]);
  });

  it('began with their first line where the oldest that were read hold none of it', () => {
    expect(on(stalled(ALL, { onsets: [] }))).toMatchObject([
      { kind: 'cause', claim: expect.stringContaining('02:56') },
    ]);
  });

  it('are no more than half of what is watched: each by itself', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => service(name));
    const run = (services: typeof five) => ({ 'cloud-run': observed({ services }) });
    expect(on(stalled(['a', 'b']), run(five))).toMatchObject([{ kind: 'ruled-out' }]);
    expect(on(stalled(['a', 'b']), run(five.slice(0, 4)))).toMatchObject([{ kind: 'cause' }]);
  });

  it.each([
    ['an application says anything', also(line('backend', 'unknown', 1), ['backend', 'auth'])],
    ['a path fails', also(line('backend', 'private-connection-timed-out', 5), ['backend', 'auth'])],
    ['a container ends by itself', also(line('backend', 'memory-limit-exceeded', 5), ['backend', 'auth'])],
    [
      'not all of the application log was read',
      stalled(ALL, { truncated: { requests: false, system: false, application: true } }),
    ],
    ['containers answered most of it', stalled(ALL, { failed: ALL.map((name) => failed(name, 50)) })],
  ])('are not so where %s', (_, seen) => {
    expect(on(seen)).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('may say that another service fails them', () => {
    expect(on(also(line('frontend', 'upstream-failed', 9)))).toMatchObject([{ services: ALL }]);
  });

  it.each([
    [ONSET_SECONDS_MAX, 1],
    [ONSET_SECONDS_MAX + 1, 3],
  ])('that were deployed %i s before have that to blame', (seconds, silent) => {
    const deployed = (name: string) => service(name, { revisions: [revision(`${name}-00003`, at(-240 - seconds))] });
    const run = observed({ services: [deployed('auth'), deployed('backend'), service('frontend')] });
    const [found] = on(stalled(), { 'cloud-run': run });
    expect(found).toMatchObject(
      silent === 3 ? { services: ALL } : { kind: 'ruled-out', reason: expect.stringContaining('1 of 3') },
    );
  });

  it('of a service without a revision are judged by the rest', () => {
    const run = observed({ services: ALL.map((name) => service(name, { revisions: [] })) });
    expect(on(stalled(), { 'cloud-run': run })).toMatchObject([{ kind: 'cause' }]);
  });

  it('are told with what Google says, or why that is not known', () => {
    const [none, denied] = [
      { status: 'seen', value: [] } as const,
      { status: 'unseen', why: 'needs a right' } as const,
    ];
    expect(on(stalled(), { platform: observed(platform({ incidents: none })) })).toMatchObject([
      { evidence: [{ text: 'Google has announced no incident that fits, as yet.' }, {}] },
    ]);
    expect(on(stalled(), { platform: observed(platform({ incidents: denied })) })).toMatchObject([
      { evidence: [{ text: "Google's incidents could not be read: needs a right" }, {}] },
    ]);
  });

  it('are not so where something else has a name already, or nothing fails', () => {
    const unpaid = { billing: { status: 'seen', value: { enabled: false, account: undefined } } } as const;
    expect(on(stalled(), { platform: observed(platform(unpaid)) })).toMatchObject([{ kind: 'ruled-out' }]);
    const refused = (count: number) => also(line('backend', 'quota-exceeded', count, { log: 'requests' }));
    expect(on(refused(REFUSALS_MIN))).toMatchObject([{ kind: 'ruled-out', reason: expect.stringContaining('quota') }]);
    expect(on(refused(REFUSALS_MIN - 1))).toMatchObject([{ kind: 'cause' }]);
    const unread = { billing: { status: 'unseen', why: 'no' } } as const;
    expect(on(stalled(), { platform: observed(platform(unread)) })).toMatchObject([{ kind: 'cause' }]);
    expect(on(logs())).toEqual([{ kind: 'ruled-out', reason: 'no watched service fails' }]);
    expect(on(stalled(['backend'], { failed: [failed('backend', 4)] }))).toMatchObject([{ kind: 'ruled-out' }]);
  });
});
