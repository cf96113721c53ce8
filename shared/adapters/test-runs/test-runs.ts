import type { TestRuns } from '../../incident/test-runs.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { githubRuns } from '../github/github-runs.ts';
import type { buildRuns } from '../google/build-runs.ts';

/** Wherever end-to-end tests run, as far as the configuration names such places. */
export function testRuns(places: {
  readonly github: ReturnType<typeof githubRuns> | undefined;
  readonly builds: ReturnType<typeof buildRuns> | undefined;
}): TestRuns {
  const github = () => places.github ?? notConfigured('GitHub');
  const builds = () => places.builds ?? notConfigured('Cloud Build');
  return {
    start: async (tests, abort) =>
      tests.kind === 'github' ? github().start(tests, abort) : builds().start(tests, abort),
    begunSince: async (tests, since, abort) =>
      tests.kind === 'github' ? github().begunSince(tests, since, abort) : builds().begunSince(tests, since, abort),
    status: async (name, abort) =>
      name.startsWith('repos/') ? github().status(name, abort) : builds().status(name, abort),
  };
}

/** A run of before, of what the configuration no longer has. */
function notConfigured(place: string): never {
  throw new PlatformFailure('failed-precondition', `no environment has its end-to-end tests at ${place} any more`);
}
