import { githubRuns } from '../shared/adapters/github/github-runs.ts';
import { buildRuns } from '../shared/adapters/google/build-runs.ts';
import { testRuns } from '../shared/adapters/test-runs/test-runs.ts';
import type { RetestShell } from '../shared/engine/retest.ts';
import { ConfigurationInvalid } from './config.ts';
import type { ConfigWithPolicy } from './config-with-policy.ts';
import { domainClock, googleOptions, shellOf } from './wire.ts';

// Apart from wire.ts: only retest holds GitHub's token.

/** @throws ConfigurationInvalid where tests are at GitHub, and no token is given for it. */
export function retestShell(config: ConfigWithPolicy): Promise<RetestShell> {
  return shellWith(githubOf(config), config);
}

async function shellWith(github: ReturnType<typeof githubOf>, config: ConfigWithPolicy): Promise<RetestShell> {
  const builds = namedFor('cloud-build', config) === undefined ? undefined : buildRuns(await googleOptions(config));
  return { ...shellOf(config), clock: domainClock(config), testRuns: testRuns({ github, builds }) };
}

function githubOf(config: ConfigWithPolicy) {
  const first = namedFor('github', config);
  if (first === undefined) return undefined;
  const { RUNMEDIC_GITHUB_TOKEN: token, RUNMEDIC_GITHUB_API_URL: apiUrl } = config.settings;
  if (token === undefined)
    throw new ConfigurationInvalid([
      `RUNMEDIC_GITHUB_TOKEN: not set, and environments.${first}.endToEnd.github needs it`,
    ]);
  return githubRuns({ token, apiUrl });
}

/** The first environment whose tests run there. */
const namedFor = (kind: 'github' | 'cloud-build', { policy }: ConfigWithPolicy): string | undefined =>
  policy.environments.find(({ endToEnd }) => endToEnd?.kind === kind)?.name;
