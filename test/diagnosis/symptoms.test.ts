import { describe, expect, it } from 'vitest';
import { symptoms } from '../../shared/diagnosis/symptoms.ts';
import { context, evidence, line, logs, observed, service, unavailable } from '../builders/evidence.ts';

const DEPLOYED = 'backend-00003';
const backend = service('backend');
const felt = (
  of: ReturnType<typeof service> | undefined,
  revision: string | undefined,
  over: Parameters<typeof evidence>[0] = {},
) =>
  symptoms(
    evidence({
      'cloud-run': observed({ services: of === undefined ? [] : [of] }),
      logs: observed(logs({ signatures: [line('backend', 'startup-probe-failed', 4, { revision })] })),
      ...over,
    }),
    context,
  ).map(({ text }) => text);
const FELT = ['backend: 4 starts failed'];

describe('starts that fail', () => {
  it.each([
    ['of a revision that takes no traffic, while another does', backend, DEPLOYED, []],
    ['of the one that takes it', backend, 'backend-00002', FELT],
    ['where nothing takes traffic', { ...backend, serving: [] }, DEPLOYED, FELT],
    ['of no revision that is told', backend, undefined, FELT],
    ['of a service that was not seen', undefined, DEPLOYED, FELT],
  ] as const)('%s', (_, of, revision, expected) => {
    expect(felt(of, revision)).toEqual(expected);
  });

  it('are felt where traffic cannot be seen', () => {
    expect(felt(backend, DEPLOYED, { 'cloud-run': unavailable('denied') })).toEqual(FELT);
  });
});
