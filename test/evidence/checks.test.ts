import { describe, expect, it } from 'vitest';
import { http } from '../../shared/evidence/http.ts';
import { journey } from '../../shared/evidence/journey.ts';
import { websocket } from '../../shared/evidence/websocket.ts';
import type { Check, Environment, JourneyStep } from '../../shared/policy/policy.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import type { HttpResult, Prober, WebSocketResult } from '../../shared/ports/prober.ts';
import type { ProbeReport, ProbeRequest, VpcProber } from '../../shared/ports/vpc-prober.ts';
import { answered, inspection, looking, unhurried } from '../builders/ports.ts';

type CheckOf<K extends Check['kind']> = Extract<Check, { readonly kind: K }>;
const common = { auth: { kind: 'none' }, vantage: 'public', timeoutMs: 5000 } as const;

const looked = (checks: readonly Check[], answers: Parameters<typeof looking>[0]) => {
  const { prober, sent } = looking(answers);
  return { inspection: inspection({ prober, environment: { checks } }), sent };
};

describe('checks of one kind', () => {
  const page = (name: string): Check => ({
    kind: 'http',
    name,
    url: `https://${name}.test/`,
    expectStatus: 200,
    expectBody: undefined,
    ...common,
  });
  const withoutProof = (failure: unknown): Prober => ({
    http: async ({ url }) => {
      if (url === 'https://b.test/') throw failure;
      return answered(200);
    },
    webSocket: () => Promise.reject(new Error('none is asked for')),
    tls: () => Promise.reject(new Error('none is asked for')),
    dns: () => Promise.reject(new Error('none is asked for')),
  });
  const see = (failure: unknown, abort: AbortSignal) =>
    http.inspect(
      inspection({ prober: withoutProof(failure), environment: { checks: ['a', 'b', 'c'].map(page) } }),
      abort,
    );

  it('are not blinded by one that cannot be looked at', async () => {
    const failure = new PlatformFailure('failed-precondition', 'no source of secrets; token=abc');
    const { checks } = await see(failure, unhurried);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['passed', 'unavailable', 'passed']);
    expect(checks[1]).toEqual({
      name: 'b',
      url: 'https://b.test/',
      verdict: 'unavailable',
      detail: 'no source of secrets; token=[redacted]',
      httpStatus: undefined,
      latencyMs: 0,
    });
  });

  it('all end when there is no more time, and when it is our own fault', async () => {
    const late = new PlatformFailure('timed-out', 'aborted');
    await expect(see(late, AbortSignal.abort(late))).rejects.toBe(late);
    const fault = new TypeError('undefined is not a function');
    await expect(see(fault, unhurried)).rejects.toBe(fault);
  });
});

describe('http', () => {
  const page = (over: Partial<CheckOf<'http'>> = {}): CheckOf<'http'> => ({
    kind: 'http',
    name: 'front page',
    url: 'https://a.test/',
    expectStatus: 200,
    expectBody: undefined,
    ...common,
    ...over,
  });
  const see = async (result: HttpResult, over: Partial<CheckOf<'http'>> = {}) => {
    const { inspection: at } = looked([page(over)], { http: { 'https://a.test/': result } });
    return (await http.inspect(at, unhurried)).checks[0];
  };

  it.each<[string, HttpResult, Partial<CheckOf<'http'>>, 'passed' | 'failed', number | undefined, string]>([
    ['the status that is expected', answered(200), {}, 'passed', 200, '200 in 12 ms'],
    ['another one', answered(503), {}, 'failed', 503, '503 in 12 ms, expected 200'],
    ['one that is wanted', answered(401), { expectStatus: 401 }, 'passed', 401, '401 in 12 ms'],
    ['the text', answered(200, '{"ok":true}'), { expectBody: '"ok":true' }, 'passed', 200, '200 in 12 ms'],
    [
      'no such text',
      answered(200, 'ok'),
      { expectBody: 'healthy' },
      'failed',
      200,
      '200 in 12 ms, without the expected text',
    ],
    [
      'no connection',
      { connected: false, failure: 'refused', detail: 'to 10.0.0.1 with token=abc', latencyMs: 2 },
      {},
      'failed',
      undefined,
      'refused: to 10.0.0.1 with token=[redacted]',
    ],
  ])('holds an answer against what is expected: %s', async (_, result, over, verdict, httpStatus, detail) => {
    expect(await see(result, over)).toEqual({
      name: 'front page',
      url: 'https://a.test/',
      verdict,
      httpStatus,
      detail,
      latencyMs: result.latencyMs,
    });
  });

  it('asks as the policy says', async () => {
    const auth = { kind: 'id-token', audience: 'https://a.test' } as const;
    const { inspection: at, sent } = looked([page({ auth, timeoutMs: 700 })], {
      http: { 'https://a.test/': answered(200) },
    });
    await http.inspect(at, unhurried);
    expect(sent).toEqual([
      { url: 'https://a.test/', method: 'GET', headers: {}, body: undefined, timeoutMs: 700, auth },
    ]);
  });

  describe('from inside the VPC', () => {
    const probe = { name: 'direct', url: 'https://p.test/', through: 'direct-vpc', knownGood: '10.0.0.2:443' };
    const behind = { ...probe, name: 'behind', through: 'projects/p/locations/l/connectors/c' };
    const inside = [page({ vantage: 'vpc' }), page({ vantage: 'vpc', name: 'other page' })];
    const report = (over: Partial<ProbeReport>): ProbeReport => ({
      knownGood: { answered: true, detail: 'answered in 1 ms' },
      databases: [],
      checks: [],
      ...over,
    });
    async function see(probes: Environment['probes'], said: ProbeReport) {
      const asked: ProbeRequest[] = [];
      const vpcProber: VpcProber = {
        look: async (request) => {
          asked.push(request);
          return said;
        },
      };
      const { prober, sent } = looking({});
      const at = inspection({ prober, vpcProber, environment: { checks: inside, probes } });
      const { checks } = await http.inspect(at, unhurried);
      expect(sent).toEqual([]);
      return { checks, asked };
    }

    it('a probe is asked once for all, by Direct VPC egress where one is', async () => {
      const results = inside.map(({ name }) => ({ check: name, result: answered(name === 'other page' ? 503 : 200) }));
      const { checks, asked } = await see([behind, probe], report({ checks: results }));
      expect(checks.map(({ name, verdict }) => [name, verdict])).toEqual([
        ['front page', 'passed'],
        ['other page', 'failed'],
      ]);
      expect(asked).toEqual([{ environment: 'staging', probe: 'direct', look: 'checks' }]);
      expect((await see([behind], report({ checks: results }))).asked[0]?.probe).toBe('behind');
    });

    it.each([
      ['no probe stands there', [], report({}), 'is to be looked at from inside the VPC, where no probe stands'],
      ['it is cut off', [probe], report({ knownGood: { answered: false, detail: 'timed-out' } }), 'cut off: timed-out'],
      ['it does not know the check', [probe], report({}), 'probe direct could not look: it does not know this check'],
    ] as const)('is no verdict where %s', async (_, probes, said, detail) => {
      const { checks } = await see(probes, said);
      expect(checks).toMatchObject([
        { verdict: 'unavailable', detail: expect.stringContaining(detail), httpStatus: undefined },
        { verdict: 'unavailable' },
      ]);
    });
  });

  it('makes no verdict of a look that could not be made', async () => {
    const { inspection: at } = looked([page()], {});
    expect((await http.inspect(at, unhurried)).checks).toMatchObject([
      { verdict: 'unavailable', detail: 'https://a.test/: no way there', httpStatus: undefined },
    ]);
  });

  it('applies where the policy has such a check', () => {
    expect(http.appliesTo(looked([page()], {}).inspection)).toBe(true);
    expect(websocket.appliesTo(looked([page()], {}).inspection)).toBe(false);
    expect(journey.appliesTo(looked([page()], {}).inspection)).toBe(false);
  });
});

describe('websocket', () => {
  const live: CheckOf<'websocket'> = {
    kind: 'websocket',
    name: 'live',
    url: 'wss://a.test/ws',
    echo: 'ping',
    ...common,
  };
  const shut = { opened: false, status: undefined, closeCode: undefined, detail: 'reset', latencyMs: 8.6 } as const;

  it.each<[string, WebSocketResult, 'passed' | 'failed', number | undefined, string]>([
    ['opened', { opened: true, echoed: undefined, latencyMs: 8.6 }, 'passed', 101, 'opened in 9 ms'],
    ['echoed', { opened: true, echoed: true, latencyMs: 8.6 }, 'passed', 101, 'opened and echoed in 9 ms'],
    ['silent', { opened: true, echoed: false, latencyMs: 8.6 }, 'failed', 101, 'opened in 9 ms, but did not echo'],
    ['refused', { ...shut, status: 503 }, 'failed', 503, 'refused with 503 in 9 ms'],
    ['closed', { ...shut, closeCode: 1011 }, 'failed', undefined, 'closed with 1011 in 9 ms'],
    [
      'not reached',
      { ...shut, detail: 'TLS for wss://u:pw1@a.test' },
      'failed',
      undefined,
      'TLS for wss://u:[redacted]@a.test in 9 ms',
    ],
  ])('tells one that is %s', async (_, result, verdict, httpStatus, detail) => {
    const { inspection: at, sent } = looked([live], { webSocket: { [live.url]: result } });
    expect((await websocket.inspect(at, unhurried)).checks).toEqual([
      { name: 'live', url: live.url, verdict, httpStatus, detail, latencyMs: 8.6 },
    ]);
    expect(sent).toEqual([{ url: live.url, timeoutMs: 5000, auth: { kind: 'none' }, echo: 'ping' }]);
  });

  it('applies where the policy has such a check', () => {
    expect(websocket.appliesTo(looked([live], {}).inspection)).toBe(true);
  });
});

describe('journey', () => {
  const step = (name: string, over: Partial<JourneyStep> = {}): JourneyStep => ({
    name,
    method: 'GET',
    url: `https://a.test/${name}`,
    headers: {},
    body: undefined,
    expectStatus: 200,
    expectBody: undefined,
    capture: {},
    ...over,
  });
  const walk = async (steps: readonly JourneyStep[], http: Readonly<Record<string, HttpResult>>, vantage = {}) => {
    const check: Check = { kind: 'journey', name: 'log in', steps, ...common, ...vantage };
    const { inspection: at, sent } = looked([check], { http });
    return { seen: (await journey.inspect(at, unhurried)).checks[0], sent };
  };
  const login = step('login', {
    method: 'POST',
    body: '{"user":"probe"}',
    capture: { token: 'session.token', id: 'id' },
  });

  it('takes values from one step into the next: URL, headers and body', async () => {
    const cart = step('carts/{{id}}', {
      method: 'PUT',
      headers: { authorization: 'Bearer {{token}}' },
      body: '{"owner":{{id}},"coupon":"{{never}}"}',
    });
    const { seen, sent } = await walk([login, cart], {
      'https://a.test/login': answered(200, '{"session":{"token":"t-1"},"id":7}'),
      'https://a.test/carts/7': answered(200),
    });
    expect(sent).toEqual([
      {
        url: 'https://a.test/login',
        method: 'POST',
        headers: {},
        body: '{"user":"probe"}',
        timeoutMs: 5000,
        auth: { kind: 'none' },
      },
      {
        url: 'https://a.test/carts/7',
        method: 'PUT',
        headers: { authorization: 'Bearer t-1' },
        body: '{"owner":7,"coupon":""}',
        timeoutMs: 5000,
        auth: { kind: 'none' },
      },
    ]);
    expect(seen).toEqual({
      name: 'log in',
      url: 'https://a.test/login',
      verdict: 'passed',
      httpStatus: undefined,
      latencyMs: 24.8,
      detail: '2 steps in 25 ms',
    });
  });

  it('ends at the first step that fails, and says which', async () => {
    const { seen, sent } = await walk([step('one'), step('two'), step('three')], {
      'https://a.test/one': answered(200),
      'https://a.test/two': answered(503),
    });
    expect(sent).toHaveLength(2);
    expect(seen).toMatchObject({
      url: 'https://a.test/two',
      verdict: 'failed',
      httpStatus: 503,
      latencyMs: 24.8,
      detail: 'step "two": 503 in 12 ms, expected 200',
    });
  });

  it('ends where nothing connects', async () => {
    const { seen } = await walk([step('one')], {
      'https://a.test/one': { connected: false, failure: 'dns', detail: 'no such host', latencyMs: 4 },
    });
    expect(seen).toMatchObject({ verdict: 'failed', httpStatus: undefined, detail: 'step "one": dns: no such host' });
  });

  it.each([
    ['it is not there', '{"session":{},"id":7}', 'session.token'],
    ['its parent is not there', '{"id":7}', 'session.token'],
    ['its parent is null', '{"session":null,"id":7}', 'session.token'],
    ['it is an object', '{"session":{"token":{}},"id":7}', 'session.token'],
    ['another is not there', '{"session":{"token":"t"}}', 'id'],
    ['the answer is no JSON', '<html>Log in</html>', 'session.token'],
  ])('fails when what later steps need is missing: %s', async (_, body, path) => {
    const { seen, sent } = await walk([login, step('cart')], { 'https://a.test/login': answered(200, body) });
    expect(sent).toHaveLength(1);
    expect(seen).toMatchObject({
      url: 'https://a.test/login',
      verdict: 'failed',
      httpStatus: 200,
      detail: `step "login": the answer has no ${path}`,
    });
  });

  it.each([
    ['its first step', [step('one'), step('two')], 'https://a.test/one'],
    ['nothing, where it has no step', [], ''],
  ])('shows %s when it is to be walked from inside the VPC', async (_, steps, url) => {
    const { seen, sent } = await walk(steps, {}, { vantage: 'vpc' });
    expect(seen).toMatchObject({ verdict: 'unavailable', url });
    expect(sent).toEqual([]);
  });
});
