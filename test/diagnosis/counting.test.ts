import { describe, expect, it } from 'vitest';
import { diagnose, judge } from '../../shared/diagnosis/diagnose.ts';
import { KILLS_MIN } from '../../shared/diagnosis/memory-exhausted.ts';
import { FAILURES_MIN } from '../../shared/diagnosis/revisions.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import { symptoms } from '../../shared/diagnosis/symptoms.ts';
import type { LogName, LogsObservation } from '../../shared/evidence/logs.ts';
import {
  at,
  connector,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  points,
  service,
  serviceMetrics,
} from '../builders/evidence.ts';
import { released } from '../builders/scenes.ts';

const whole = { requests: false, system: false, application: false };
const cutAt = (...names: readonly LogName[]) => ({
  truncated: { ...whole, ...Object.fromEntries(names.map((name) => [name, true])) },
});
const everywhere = cutAt('requests', 'system', 'application');

const late = observed({ services: [released('backend')] });
const own = { revision: 'backend-00003' } as const;
const failing = { ...own, firstAt: at(-240) };

/** All that a rule says of one service or connector, as one text. */
function said(rule: RuleName, seen: Partial<LogsObservation>, over: Parameters<typeof evidence>[0] = {}): string {
  const conclusions = judge(ruleNamed(rule), evidence({ logs: observed(logs(seen)), ...over }), context);
  return conclusions
    .map((found) =>
      found.kind === 'cause' ? [found.claim, ...found.evidence.map(({ text }) => text)].join('\n') : found.reason,
    )
    .join('\n');
}
const ofRelease = (seen: Partial<LogsObservation>) => said('release-broken', seen, { 'cloud-run': late });
const felt = (seen: Partial<LogsObservation>) =>
  symptoms(evidence({ logs: observed(logs(seen)), 'cloud-run': late }), context).map(({ text }) => text);

describe('what failed is counted by its kind, never as a sum of unlike things', () => {
  const oneFailedStart = (count: number) => [
    line('backend', 'startup-probe-failed', count, failing),
    line('backend', 'container-exited', count, failing),
    line('backend', 'instance-did-not-start', count, failing),
    line('backend', 'module-missing', count, failing),
  ];

  it('does not take one failed start, seen four ways, for several failures', () => {
    const seen = (count: number) => ({
      failed: [failed('backend', count, failing)],
      signatures: oneFailedStart(count),
    });
    expect(ofRelease(seen(FAILURES_MIN - 1))).toBe(
      'backend-00003 hardly failed: 2 requests failed and 2 starts failed',
    );
    expect(ofRelease(seen(FAILURES_MIN))).toContain(
      'is broken: 3 requests failed and 3 starts failed, from 60 s after its deploy on;',
    );
  });

  it('calls a container that exits without a failed probe no failed start', () => {
    const lines = [
      line('backend', 'startup-probe-failed', 4, failing),
      line('backend', 'container-exited', 9, failing),
    ];
    expect(ofRelease({ signatures: lines })).toContain('is broken: 9 containers exited, from');
    expect(felt({ signatures: lines })).toEqual(['backend: 9 containers exited']);
    expect(felt({ signatures: lines.slice(0, 1) })).toEqual(['backend: 4 starts failed']);
  });

  it('counts a crash once, whoever tells of it', () => {
    const lines = [line('backend', 'container-crashed', 9, failing), line('backend', 'signal-uncaught', 8, failing)];
    expect(ofRelease({ signatures: lines })).toContain('is broken: 9 containers exited, from');
  });

  it('goes by what a release prints where nothing else speaks', () => {
    const lines = [line('backend', 'setting-missing', 5, failing), line('backend', 'module-missing', 4, failing)];
    expect(ofRelease({ signatures: lines })).toContain('is broken: its log speaks against it 5 times, from');
  });

  it('tells of failed starts by the requests that waited for them where the platform log is silent', () => {
    const waiting = (count: number) => felt({ signatures: [line('auth', 'instance-did-not-start', count)] });
    expect(waiting(2)).toEqual(['auth: 2 requests waited for an instance that did not start']);
    expect(waiting(1)).toEqual([]);
  });

  it('tells killed containers from the requests that failed with them', () => {
    const requests = (count: number) => line('backend', 'memory-limit-exceeded', count, { log: 'requests' });
    const kills = (count: number) => line('backend', 'memory-limit-exceeded', count);
    const rule = 'memory-exhausted';
    expect(said(rule, { signatures: [requests(40), kills(KILLS_MIN)] })).toContain(
      ': 2 containers were killed at the limit of 512 MiB, and 40 requests failed with them.',
    );
    expect(said(rule, { signatures: [requests(40), kills(KILLS_MIN - 1)] })).toMatch(/^no service lost 2 or more/);
    expect(said(rule, { signatures: [requests(KILLS_MIN)] })).toContain(
      ': 2 requests failed with containers that were killed at the limit of 512 MiB.',
    );
  });

  it('counts as connection timeouts only what applications print', () => {
    const timeouts = (log: LogName) => ({
      failed: ['auth', 'backend'].map((name) => failed(name, 50)),
      signatures: ['auth', 'backend'].map((name) => line(name, 'private-connection-timed-out', 9, { log })),
    });
    const full = { 'vpc-connector': observed({ connectors: [connector({ throughputMbps: points([291, 296]) })] }) };
    expect(said('connector-saturated', timeouts('application'), full)).toContain('logged 18 connection timeouts.');
    expect(said('connector-saturated', timeouts('requests'), full)).not.toContain('timeouts');
  });
});

describe('the revision before a broken one', () => {
  it('is not called faultless where it failed now and then', () => {
    const seen = { failed: [failed('backend', 90, failing), failed('backend', 2)] };
    expect(ofRelease(seen)).toContain('; of backend-00002 before it 2 requests failed.');
  });

  it('is what failed where it failed first, and for no deploy of its own', () => {
    const seen = { failed: [failed('backend', 90, failing), failed('backend', 30, { firstAt: at(-900) })] };
    expect(ofRelease(seen)).toBe('backend-00002 failed before backend-00003 came: 30 requests failed');
  });

  it.each([
    [-361 - 60, 'backend-00003 was seen failing 2 min before its deploy'],
    [-300, 'is broken: 90 requests failed, from its deploy on;'],
  ])('lets failures be dated in words: %i s', (firstAt, words) => {
    expect(ofRelease({ failed: [failed('backend', 90, { ...own, firstAt: at(firstAt) })] })).toContain(words);
  });

  it('may be days old', () => {
    expect(said('release-broken', { failed: [failed('backend', 90)] })).toContain(
      'backend-00002 was first seen failing 24 h after its deploy',
    );
  });
});

describe('a count from a log that was not read to its end says "at least"', () => {
  const capped = {
    'cloud-run': observed({ services: [service('backend', { instancesMax: 3 })] }),
    metrics: observed({ services: [serviceMetrics('backend', { instances: points([3, 3]) })] }),
  };
  const refused = { signatures: [line('backend', 'no-available-instance', 50)] };

  it.each<[LogName, readonly string[]]>([
    ['requests', ['at least 90 requests failed and 12 starts failed', 'at least 30 times: "sample of response-malf']],
    ['system', ['90 requests failed and at least 12 starts failed', 'at least 12 times: "sample of startup-probe']],
    ['application', ['90 requests failed and 12 starts failed', 'at least 40 times: "sample of module-missing']],
  ])('of a broken release: %s', (name, words) => {
    const signatures = [
      line(
        'backend',
        name === 'application' ? 'module-missing' : 'response-malformed',
        name === 'application' ? 40 : 30,
        failing,
      ),
      line('backend', 'startup-probe-failed', 12, failing),
    ];
    const text = ofRelease({ ...cutAt(name), failed: [failed('backend', 90, failing)], signatures });
    for (const each of words) expect(text).toContain(each);
    expect(text.match(/at least/g)).toHaveLength(name === 'application' ? 1 : 2);
  });

  it('of refused requests', () => {
    expect(said('instance-ceiling-reached', { ...refused, ...everywhere }, capped)).toContain(
      'and at least 50 requests found none free.\nat least 50 times: ',
    );
    expect(said('instance-ceiling-reached', refused, capped)).not.toContain('at least');
  });

  it('of killed containers', () => {
    const seen = { signatures: [line('backend', 'memory-limit-exceeded', 7)] };
    expect(said('memory-exhausted', { ...seen, ...cutAt('system') })).toMatch(
      /: at least 7 containers were killed[\s\S]*\nat least 7 times in backend-00002: /,
    );
    expect(said('memory-exhausted', { ...seen, ...cutAt('requests', 'application') })).not.toContain('at least');
  });

  it('of connection timeouts', () => {
    const full = { 'vpc-connector': observed({ connectors: [connector({ throughputMbps: points([291, 296]) })] }) };
    const seen = { signatures: ['auth', 'backend'].map((name) => line(name, 'private-connection-timed-out', 9)) };
    expect(said('connector-saturated', { ...seen, ...cutAt('application') }, full)).toMatch(
      /logged at least 18 connection timeouts\.[\s\S]*\nConnection timeouts logged, at least: auth 9, backend 9\.$/,
    );
  });

  it('of connection timeouts by service, in one line that adds up to the claim', () => {
    const timeoutsOf = (counts: readonly number[]) => {
      const names = counts.map((_, index) => `s${index + 1}`);
      const sharing = connector({
        throughputMbps: points([291, 296]),
        services: names.map((name) => ({ service: name, egress: 'all-traffic' as const })),
      });
      const signatures = counts.map((count, index) => line(`s${index + 1}`, 'private-connection-timed-out', count));
      return said('connector-saturated', { signatures }, { 'vpc-connector': observed({ connectors: [sharing] }) });
    };
    expect(timeoutsOf([137, 91, 58])).toMatch(
      /logged 286 connection timeouts\.[\s\S]*\nConnection timeouts logged: s1 137, s2 91, s3 58\.$/,
    );
    expect(timeoutsOf([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])).toMatch(
      /\nConnection timeouts logged: s10 12, s9 11, s8 10, s7 9, s6 8, s5 7, s4 6, s3 5, 2 more together 7\.$/,
    );
  });

  it('of what is felt', () => {
    const seen = {
      failed: [failed('backend', 50)],
      signatures: [line('auth', 'container-exited', 3), line('frontend', 'instance-did-not-start', 4)],
    };
    expect(felt({ ...seen, ...everywhere })).toEqual([
      'backend: at least 50 requests failed with 503',
      'auth: at least 3 containers exited',
      'frontend: at least 4 requests waited for an instance that did not start',
    ]);
    expect(felt(seen).join()).not.toContain('at least');
  });

  it('of one as of one', () => {
    const seen = { failed: [failed('backend', 90, failing), failed('backend', 1)] };
    expect(ofRelease(seen)).toContain('; of backend-00002 before it 1 request failed.');
  });

  it('and where it rules nothing out it says how far it was read', () => {
    expect(ofRelease(cutAt('system'))).toBe(
      'backend-00003 did not fail, as far as the logs were read; there is more in them',
    );
    expect(diagnose(evidence({ logs: observed(logs(cutAt('system'))) }), context).unchecked[0]?.reason).toBe(
      'auth lost fewer than 2 containers to its memory limit, as far as the logs were read; there is more in them',
    );
  });
});
