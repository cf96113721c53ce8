import { describe, expect, it } from 'vitest';
import { fixDeployed } from '../../shared/remedy/guide-application.ts';
import { service, serviceName } from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const run = { 'cloud-run': { services: [service('backend')] } };
const target = serviceName('backend');

describe('guided-application', () => {
  it.each([
    'crash-after-ready',
    'connection-pool-exhausted',
    'startup-slower-than-probe',
    'websocket-cut-by-timeout',
    'health-endpoint-overloading',
  ] as const)('tells how a fix is put out carefully: %s', (rule) =>
    expect(guided('guided-application', { rule, target, seen: run })).toMatchSnapshot(),
  );

  it('knows something to say of whatever fails by itself, and of what serves nobody', () => {
    const told = fixDeployed('another', service('backend', { serving: [] }));
    expect(told.summary.before).toBe('it fails by itself');
    expect(told.undo.commands).toContain('--to-revisions=REVISION=100');
  });

  it('goes back to the revision that serves most', () => {
    const serving = [
      { revision: 'backend-00002-b', percent: 10 },
      { revision: 'backend-00001-a', percent: 90 },
    ];
    const { undo } = fixDeployed('crash-after-ready', service('backend', { serving }));
    expect(undo.commands).toContain('--to-revisions=backend-00001-a=100');
  });

  it.each([
    [
      'fails',
      'https://api.payments.example.com',
      'it answers with errors of its own: 383 calls failed.',
      ['backend'],
      run,
    ],
    ['refuses', 'https://huggingface.co', 'it refuses with 429: it is asked too much.', ['backend'], run],
    ['is not named', target, 'backend waits for something outside', ['backend'], run],
    ['is called by nobody that was observed', 'https://api.payments.example.com', 'it fails', [], {}],
  ] as const)('tells what to do where something outside %s', (_, host, claim, services, seen) =>
    expect(
      guided('guided-application', { rule: 'external-dependency-failing', target: host, claim, services, seen }),
    ).toMatchSnapshot(),
  );

  it('tells how a check asks for another path', () =>
    expect(
      guided('guided-application', { rule: 'path-reserved', target: 'projects/acme-staging/checks/backend' }),
    ).toMatchSnapshot());

  it.each([run, {}])('refuses a service that was not observed: %#', (seen) =>
    expect(refusalOf('guided-application', { rule: 'crash-after-ready', target: serviceName('auth'), seen })).toBe(
      `service ${serviceName('auth')} was not observed`,
    ),
  );
});
