import { describe, expect, it } from 'vitest';
import { blamesIn } from '../../shared/diagnosis/blames.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import {
  at,
  balancer,
  cluster,
  context,
  evidence,
  failed,
  line,
  logs,
  observed,
  revision,
  service,
  unavailable,
} from '../builders/evidence.ts';

const NAMES = ['backend', 'auth', 'frontend'];
const says = (name: string, sample: string, count = 20) => line(name, 'upstream-failed', count, { sample });
const RUN = 'https://backend-415104041262.us-central1.run.app';
const blames = (said: Partial<LogsObservation>, over: Parameters<typeof evidence>[0] = {}) => {
  const found = blamesIn(
    evidence({
      'cloud-run': observed({
        services: NAMES.map((name) => service(name, { uri: `https://${name}-abcdefghij-uc.a.run.app` })),
      }),
      logs: observed(logs(said)),
      ...over,
    }),
  );
  return Object.fromEntries([...found].flatMap(([name, others]) => (others.size > 0 ? [[name, [...others]]] : [])));
};

describe('whom services say that they fail by', () => {
  it.each([
    ['by its name', 'upstream backend failed: HTTP 503', ['backend']],
    ['by its own address', 'upstream backend-abcdefghij-uc.a.run.app failed: HTTP 503', ['backend']],
    ['by its number’s address', `503 Server Error for url: ${RUN}/api`, ['backend']],
    ['not by one that begins as it does', 'upstream backend-v2 failed: HTTP 503', undefined],
    ['not by one that ends as it does', 'upstream old-backend failed: HTTP 503', undefined],
    ['not by a host that is called so', 'upstream backend.example.com failed: HTTP 503', undefined],
    ['nobody, and none began before', 'Request failed with status code 503', undefined],
  ])('%s', (_, sample, found) => {
    expect(blames({ signatures: [says('frontend', sample)] })['frontend']).toEqual(found);
  });

  it('are those that a host leads to', () => {
    const leading = balancer();
    const signatures = [says('frontend', 'upstream api.acme.test failed: HTTP 503')];
    expect(blames({ signatures }, { 'load-balancer': observed(leading) })).toEqual({ frontend: ['backend'] });
    expect(blames({ signatures })).toEqual({});
  });

  it.each([
    ['at once', -100, -100, ['backend']],
    ['a minute later', -100, -40, ['backend']],
    ['more than a minute later', -100, -39, undefined],
  ])('where nobody is named, are those that began to fail no later: %s', (_, own, theirs, found) => {
    const onsets = [
      { service: 'frontend', at: at(own) },
      { service: 'backend', at: at(theirs) },
    ];
    const signatures = [says('frontend', 'AxiosError: Request failed with status code 503')];
    expect(blames({ signatures, onsets })['frontend']).toEqual(found);
    const named = [says('frontend', 'upstream api.partner.example failed: HTTP 503')];
    expect(blames({ signatures: named, onsets })['frontend']).toBeUndefined();
  });

  it.each([
    ['three lines', 3, 0, ['backend']],
    ['two lines', 2, 0, undefined],
    ['as many lines of its own', 20, 20, ['backend']],
    ['more lines of its own', 20, 21, undefined],
  ])('where it says hardly anything else: %s', (_, count, others, found) => {
    const said = {
      signatures: [says('frontend', 'upstream backend failed: HTTP 503', count)],
      clusters: others === 0 ? [] : [cluster('frontend', others)],
    };
    expect(blames(said)['frontend']).toEqual(found);
  });

  it('go on to those that fail them in turn, round and round', () => {
    const signatures = [
      says('frontend', 'upstream auth failed: HTTP 503'),
      says('auth', 'upstream backend failed: HTTP 503'),
      says('backend', 'upstream auth failed: HTTP 503'),
    ];
    expect(blames({ signatures })).toEqual({
      backend: ['auth', 'backend'],
      auth: ['backend', 'auth'],
      frontend: ['auth', 'backend'],
    });
  });

  it('are not known without logs or services', () => {
    expect(blames({}, { logs: unavailable('403') })).toEqual({});
    expect(blames({}, { 'cloud-run': unavailable('403') })).toEqual({});
  });
});

describe('a release that was deployed as what it calls broke', () => {
  const both = ['backend', 'frontend'].map((name) =>
    service(name, {
      serving: [{ revision: `${name}-00003`, percent: 100 }],
      revisions: [revision(`${name}-00003`, at(-300)), revision(`${name}-00002`, at(-86_400))],
    }),
  );
  const standing = (signatures: LogsObservation['signatures']) =>
    diagnose(
      evidence({
        'cloud-run': observed({ services: both }),
        logs: observed(
          logs({
            failed: ['backend', 'frontend'].map((name) =>
              failed(name, 50, { revision: `${name}-00003`, firstAt: at(-280) }),
            ),
            signatures,
          }),
        ),
      }),
      context,
    )
      .causes.filter(({ rule }) => rule === 'release-broken')
      .map(({ services, standing: one }) => [services[0], one]);
  const blaming = line('frontend', 'upstream-failed', 50, {
    revision: 'frontend-00003',
    sample: 'upstream backend failed: HTTP 500',
  });

  it('is not why it fails', () =>
    expect(standing([blaming])).toEqual([
      ['backend', 'root'],
      ['frontend', 'explained'],
    ]));

  it('is one of two where it does not say so, and where it says what it lacks itself', () => {
    const roots = [
      ['backend', 'root'],
      ['frontend', 'root'],
    ];
    expect(standing([])).toEqual(roots);
    const lacking = line('frontend', 'module-missing', 50, { revision: 'frontend-00003', firstAt: at(-280) });
    expect(standing([blaming, lacking])).toEqual(expect.arrayContaining(roots));
  });

  it('is one of two where each says it of the other', () => {
    const back = line('backend', 'upstream-failed', 50, {
      revision: 'backend-00003',
      sample: 'upstream frontend failed: HTTP 500',
    });
    expect(standing([blaming, back])).toEqual([
      ['backend', 'root'],
      ['frontend', 'root'],
    ]);
  });
});
