import { describe, expect, it } from 'vitest';
import { withOwnProject } from '../../functions/own-project.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { environment } from '../builders/evidence.ts';

const policy: Policy = { ownProject: undefined, environments: [environment] };

describe("runmedic's own project", () => {
  it('is the one its queue is in, where the file does not say it', () => {
    expect(withOwnProject(policy, 'acme-runmedic')).toEqual({
      policy: { ...policy, ownProject: 'acme-runmedic' },
      faults: [],
    });
  });

  it('is what the file says, where both say the same or the file alone', () => {
    const said = { ...policy, ownProject: 'acme-runmedic' };
    for (const queue of ['acme-runmedic', undefined])
      expect(withOwnProject(said, queue)).toEqual({ policy: said, faults: [] });
  });

  it('cannot be two', () => {
    expect(withOwnProject({ ...policy, ownProject: 'acme-other' }, 'acme-runmedic')).toEqual({
      policy: undefined,
      faults: [
        'ownProject: found "acme-other", while RUNMEDIC_PUBSUB_PROJECT is "acme-runmedic": runmedic runs in one project',
      ],
    });
  });

  it('cannot be watched', () => {
    expect(withOwnProject(policy, 'acme-staging').faults).toEqual([
      'environments.staging.project: found "acme-staging", which is RUNMEDIC_PUBSUB_PROJECT: runmedic never changes what it runs on',
    ]);
  });
});
