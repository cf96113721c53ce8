import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import { concludes, deployed, NEWEST } from '../builders/deploys.ts';
import { at, cluster, context, evidence, failed, line, logs, observed, service } from '../builders/evidence.ts';

const failing = { failed: [failed('backend', FAILED_REQUESTS_MIN, { status: 500 })] };
const look = (seen: Partial<LogsObservation>, over: Partial<Evidence> = {}) =>
  diagnose(
    evidence({
      'cloud-run': observed({ services: [service('backend'), service('auth')] }),
      logs: observed(logs({ ...failing, ...seen })),
      ...over,
    }),
    context,
  );
const texts = (seen: Partial<LogsObservation>, over: Partial<Evidence> = {}) =>
  look(seen, over).said?.map(({ text }) => text);

describe('what those in trouble print, where no cause was found', () => {
  it('is what there is most of, known or not, with the page of its log', () => {
    const found = look({
      clusters: [cluster('backend', 350, { sample: 'payload rejected' })],
      signatures: [line('backend', 'worker-timed-out', 2), line('backend', 'health-check-failed', 700)],
    });
    expect(found.root).toBeUndefined();
    expect(found.said).toEqual([
      { text: 'backend: 700 x "sample of health-check-failed"', url: expect.stringContaining('/backend/') },
      { text: 'backend: 350 x "payload rejected"', url: expect.stringContaining('/backend/') },
      { text: 'backend: 2 x "sample of worker-timed-out"', url: expect.stringContaining('/backend/') },
    ]);
  });

  it('leaves out what is printed while all is well, what the symptoms say, what is old, and what others print', () => {
    expect(
      texts({
        signatures: [
          line('backend', 'instance-starting', 9, { log: 'system' }),
          line('backend', 'container-stopped', 9, { log: 'system' }),
          line('backend', 'response-malformed', 9),
          line('auth', 'health-check-failed', 9),
        ],
        clusters: [cluster('backend', 9, { lastAt: at(-RECENT_SECONDS - 1) }), cluster('backend', 3)],
      }),
    ).toEqual(['backend: 3 x "panic: runtime error"']);
  });

  it('is what anybody prints where none of those in trouble says a word', () =>
    expect(texts({ clusters: [cluster('auth', 3)] })).toEqual(['auth: 3 x "panic: runtime error"']));

  it('is five lines at most', () => {
    const clusters = [1, 2, 3, 4, 5, 6].map((count) => cluster('backend', count));
    expect(texts({ clusters })).toHaveLength(5);
  });

  it('needs no list of services', () => {
    const over = { 'cloud-run': { status: 'not-applicable' } as const };
    expect(look({ clusters: [cluster('backend', 3)] }, over).said).toEqual([
      { text: 'backend: 3 x "panic: runtime error"' },
    ]);
    const others = { 'cloud-run': observed({ services: [service('auth')] }) };
    expect(look({ clusters: [cluster('backend', 3)] }, others).said).toEqual([
      { text: 'backend: 3 x "panic: runtime error"' },
    ]);
  });

  it('is left out where nothing is wrong, where nothing is said, and where a cause was found', () => {
    expect(texts({ failed: [], clusters: [cluster('backend', 9)] })).toBeUndefined();
    expect(texts({})).toBeUndefined();
    expect(texts({}, { logs: { status: 'not-applicable' } })).toBeUndefined();
    const crashed = look({ clusters: [cluster('backend', 9)], signatures: [line('backend', 'container-exited', 40)] });
    expect(crashed.root?.rule).toBe('crash-after-ready');
    expect(crashed.said).toBeUndefined();
  });
});

describe('what a release prints that nobody printed before it', () => {
  const of = { revision: NEWEST, firstAt: at(-240) };
  const broken = (clusters: LogsObservation['clusters']) =>
    concludes('release-broken', [deployed()], { failed: [failed('backend', 40, of)], clusters });

  it('says what breaks it', () =>
    expect(broken([cluster('backend', 40, of)])).toMatchObject([
      {
        confidence: 'certain',
        expects: [{ seen: 'yes' }, {}],
        evidence: [{}, { text: '40 times, and never before it: "panic: runtime error"' }, {}],
      },
    ]));

  it.each([
    ['an earlier revision printed it too', [cluster('backend', 40, of), cluster('backend', 3)]],
    ['another service printed it', [cluster('auth', 40, of)]],
  ])('does not where %s', (_, clusters) =>
    expect(broken(clusters)).toMatchObject([{ confidence: 'likely', expects: [{ seen: 'no' }, {}] }]),
  );
});
