import { describe, expect, it } from 'vitest';
import { backend, balancer, service, serviceName, template, there } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const target = serviceName('backend');
const callers = (everybody: 'admitted' | 'refused') => ({
  services: [{ service: 'backend', callers: there({ everybody, named: 1 }) }],
});
const run = (over: Parameters<typeof service>[1] = {}) => ({ 'cloud-run': { services: [service('backend', over)] } });

describe('guided-iam, of callers', () => {
  const about = { rule: 'authentication-changed', target } as const;
  const guarded = (over: Parameters<typeof backend>[0] = {}) => ({
    'load-balancer': balancer([backend({ identityAwareProxy: 'on', ...over })]),
  });
  it.each([
    ['who are refused by the policy', { ...run(), invokers: callers('refused') }],
    ['who are refused, and nobody knows by what', run()],
    ['who are refused by the policy, behind a proxy', { ...run(), ...guarded(), invokers: callers('refused') }],
    ['who have to log in', { ...run(), ...guarded(), invokers: callers('admitted') }],
    [
      'who have to log in, at a regional load balancer',
      { ...run(), ...guarded({ link: 'regions/europe-west1/backendServices/api-backend' }) },
    ],
    ['before another service', { ...run(), ...guarded({ groups: [] }) }],
  ])('tells how they are let in again: %s', (_, seen) =>
    expect(guided('guided-iam', { ...about, seen })).toMatchSnapshot(),
  );

  it('refuses a service that was not observed', () =>
    expect(refusalOf('guided-iam', { ...about, seen: { 'cloud-run': { services: [] } } })).toBe(
      `service ${target} was not observed`,
    ));
});

describe('guided-iam, of a secret', () => {
  const about = { rule: 'secret-unavailable', target } as const;
  const version = (state: 'enabled' | 'disabled' | 'destroyed' | 'missing' | 'unknown', name = 'payment-key') => ({
    name: `projects/acme-staging/secrets/${name}/versions/3`,
    state,
    detail: undefined,
  });
  const [container] = template.containers;
  const using = {
    ...template,
    serviceAccount: 'backend@acme-staging.iam.gserviceaccount.com',
    containers:
      container === undefined
        ? []
        : [
            {
              ...container,
              secrets: [{ secret: 'payment-key', version: '3', as: 'PAYMENT_KEY', through: 'environment' as const }],
            },
          ],
  };
  it.each([
    [
      'is disabled, among others',
      run({
        template: using,
        secrets: [version('enabled', 'other'), version('unknown', 'third'), version('disabled')],
      }),
    ],
    ['is destroyed', run({ template: using, secrets: [version('destroyed')] })],
    ['is missing, and nobody knows what for', run({ secrets: [version('missing')] })],
    ['could not be looked at', run({ template: using, secrets: [version('unknown')] })],
    ['is well, and may not be read', run({ secrets: [version('enabled')] })],
  ])('tells what to do where it %s', (_, seen) => expect(guided('guided-iam', { ...about, seen })).toMatchSnapshot());

  it.each([
    ['no secret', []],
    ['a name that is none', [{ ...version('missing'), name: 'payment-key' }]],
  ])('refuses a service with %s', (_, secrets) =>
    expect(refusalOf('guided-iam', { ...about, seen: run({ secrets }) })).toBe(
      'backend is known to refer to no secret',
    ),
  );
});
