import { describe, expect, it } from 'vitest';
import { FAILURES_MIN } from '../../shared/diagnosis/revisions.ts';
import { concludes, deployed, kinds, NEWEST, notReady, releaseOf, setting } from '../builders/deploys.ts';
import { at, failed, line, revision, service } from '../builders/evidence.ts';

const of = { revision: NEWEST };
const failing = { failed: [failed('backend', 40, of)] };
const host = setting('env', 'one value', 'another value', 'POSTGRES_HOST');
const set = (...changes: readonly ReturnType<typeof setting>[]) => deployed({}, { release: releaseOf(...changes) });
const missing = line('backend', 'setting-missing', 5, of);
const cutOff = (name: string, count: number) =>
  line(name, 'private-connection-timed-out', count, { revision: name === 'backend' ? NEWEST : `${name}-00002` });

describe('configuration-broken', () => {
  it('is certain of the same image with another setting, and says which', () => {
    expect(concludes('configuration-broken', [set(host)], failing)).toMatchObject([
      {
        claim:
          'backend-00003 of backend changed env POSTGRES_HOST: one value -> another value: 40 requests failed from its deploy on.',
        confidence: 'certain',
        harm: 'now',
      },
    ]);
  });

  it('names two of many, counts the rest, and shows images by their digests', () => {
    const many = [
      host,
      setting('memory', '512 MiB', '256 MiB'),
      setting('cpu', '1', '2'),
      setting('port', '', '1'),
      setting('volume'),
      setting('network'),
    ];
    const [found] = concludes('configuration-broken', [set(...many)], failing);
    expect(found).toMatchObject({
      claim: expect.stringContaining('another value; memory: 512 MiB -> 256 MiB: 40'),
      evidence: [{ text: expect.stringContaining('port: none -> 1 and 2 more.') }],
      expects: [{ seen: 'yes' }, { seen: 'unknown' }],
    });
    const [four] = concludes('configuration-broken', [set(...many.slice(0, 4))], failing);
    expect(four).toMatchObject({ evidence: [{ text: expect.stringMatching(/port: none -> 1\.$/) }] });
    const [both] = concludes(
      'configuration-broken',
      [set(setting('image', 'app@sha256:aaaaaaaaaaaaaaaaa', 'app:2'), host)],
      {
        ...failing,
        signatures: [missing],
      },
    );
    expect(both).toMatchObject({
      evidence: [{}, { text: expect.stringContaining('image: sha256:aaaaaaaaaaaa -> app:2') }],
      expects: [{ seen: 'unknown' }, { seen: 'yes' }],
    });
  });

  it.each([
    ['another image alone', [setting('image')], [], 'ruled-out'],
    ['another image and another setting', [setting('image'), host], [], 'ruled-out'],
    ['the same, and a container that misses a setting', [setting('image'), host], [missing], 'cause'],
    ['another image that misses a setting', [setting('image')], [missing], 'cause'],
    ['no change at all', [], [], 'ruled-out'],
  ] as const)('judges %s', (_, changes, signatures, kind) => {
    expect(kinds(concludes('configuration-broken', [set(...changes)], { ...failing, signatures }))).toEqual([kind]);
  });

  const key = (name: string) => line('backend', 'key-missing', 5, { ...of, sample: `KeyError: '${name}'` });
  const start = line('backend', 'startup-probe-failed', 1, of);
  const exit = line('backend', 'container-exited', 1, of);
  const renamed = setting('env', 'set', '', 'region');
  it.each([
    ['while it serves: some document lacks it', [setting('image')], [key('region')], 'ruled-out'],
    ['after which containers exit', [setting('image')], [key('region'), exit], 'ruled-out'],
    ['in a start', [setting('image')], [key('region'), start], 'cause'],
    ['that is a variable which it took away', [setting('image'), renamed], [key('region')], 'cause'],
    ['that is another than the variable which it took away', [setting('image'), renamed], [key('reg')], 'ruled-out'],
    ['beside a setting of no name', [setting('image'), setting('memory')], [key('')], 'ruled-out'],
  ] as const)('judges a key that is missing %s', (_, changes, signatures, kind) => {
    expect(kinds(concludes('configuration-broken', [set(...changes)], { ...failing, signatures }))).toEqual([kind]);
  });

  it('takes a key that is missing in a deploy which never became ready for a setting', () => {
    const of = notReady({}, { release: releaseOf(setting('image')) });
    expect(kinds(concludes('configuration-broken', [of], { signatures: [key('region')] }))).toEqual(['cause']);
  });

  it.each([
    ['a container that misses a setting', [missing], true],
    ['failures alone', [], false],
  ])('takes %s for a confession: %s', (_, signatures, confessed) => {
    expect(concludes('configuration-broken', [set(host)], { ...failing, signatures })).toMatchObject([{ confessed }]);
  });

  it.each([
    ['as many failures as it takes', FAILURES_MIN, 'cause'],
    ['one fewer', FAILURES_MIN - 1, 'ruled-out'],
  ])('judges %s', (_, count, kind) => {
    expect(kinds(concludes('configuration-broken', [set(host)], { failed: [failed('backend', count, of)] }))).toEqual([
      kind,
    ]);
  });

  it('is silent where failures are older than the deploy, here or before it', () => {
    const early = { failed: [failed('backend', 40, { ...of, firstAt: at(-361) })] };
    expect(kinds(concludes('configuration-broken', [set(host)], early))).toEqual(['ruled-out']);
  });

  it.each([
    ['long before the deploy', -600, 'ruled-out'],
    ['just before it', -301, 'ruled-out'],
    ['with it', -300, 'cause'],
  ])('asks whether what served before began to fail: %s', (_, firstAt, kind) => {
    const before = { failed: [...failing.failed, failed('backend', 40, { firstAt: at(firstAt) })] };
    expect(kinds(concludes('configuration-broken', [set(host)], before))).toEqual([kind]);
  });

  it('is silent where the newest takes no traffic, or there is none', () => {
    const idle = { ...set(host), serving: [{ revision: 'backend-00002', percent: 100 }] };
    expect(kinds(concludes('configuration-broken', [idle], failing))).toEqual(['ruled-out']);
    expect(kinds(concludes('configuration-broken', [service('backend', { revisions: [] })], failing))).toEqual([
      'ruled-out',
    ]);
  });

  it('looms where the deploy failed and another revision serves', () => {
    const failedDeploy = notReady({ reason: 'HEALTH_CHECK_CONTAINER_ERROR' }, { release: releaseOf(host) });
    expect(concludes('configuration-broken', [failedDeploy])).toMatchObject([
      { claim: expect.stringContaining('backend-00003 never became ready'), harm: 'soon' },
    ]);
    expect(kinds(concludes('configuration-broken', [notReady({}, { release: releaseOf(setting('image')) })]))).toEqual([
      'ruled-out',
    ]);
  });

  it.each([
    ['one that was not deployed is cut off as well', FAILURES_MIN, FAILURES_MIN, 'ruled-out'],
    ['it hardly is', FAILURES_MIN, FAILURES_MIN - 1, 'cause'],
    ['this one hardly is', FAILURES_MIN - 1, FAILURES_MIN, 'cause'],
  ])('judges trouble with connections where %s', (_, here, there, kind) => {
    const signatures = [cutOff('backend', here), cutOff('auth', there)];
    const found = concludes('configuration-broken', [set(host), service('auth')], { ...failing, signatures });
    expect(kinds(found)).toEqual([kind]);
  });

  it('suspects both of two that were deployed together and are cut off', () => {
    const auth = service('auth', {
      serving: [{ revision: 'auth-00003', percent: 100 }],
      revisions: [revision('auth-00003', at(-300)), revision('auth-00002', at(-86_400))],
      release: { ...releaseOf(host), revision: 'auth-00003' },
    });
    const signatures = [
      cutOff('backend', 9),
      line('auth', 'private-connection-timed-out', 9, { revision: 'auth-00003' }),
    ];
    const seen = { failed: [...failing.failed, failed('auth', 40, { revision: 'auth-00003' })], signatures };
    expect(kinds(concludes('configuration-broken', [set(host), auth], seen))).toEqual(['cause', 'cause']);
  });

  it('is silent where nothing is watched', () => {
    expect(concludes('configuration-broken', [])).toEqual([{ kind: 'ruled-out', reason: 'no service is watched' }]);
  });
});
