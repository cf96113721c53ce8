import type { Policy } from '../shared/policy/policy.ts';
import { type Config, ConfigurationInvalid, type FunctionName, readConfig } from './config.ts';
import { withOwnProject } from './own-project.ts';
import { readPolicyFile } from './read-policy-file.ts';

/** What the environment says, and what `runmedic.yaml` does. */
export interface ConfigWithPolicy extends Config {
  readonly policy: Policy;
  readonly warnings: readonly string[];
}

/** Reads and judges the whole configuration of one function. @throws ConfigurationInvalid naming every fault. */
export function configWithPolicy(name: FunctionName): ConfigWithPolicy {
  const { config, faults } = readConfig(name);
  const { RUNMEDIC_CONFIG, RUNMEDIC_PUBSUB_PROJECT } = config.settings;
  const read = readPolicyFile(RUNMEDIC_CONFIG, 'RUNMEDIC_CONFIG');
  if (!read.ok) throw new ConfigurationInvalid([...faults, ...read.faults]);
  const own = withOwnProject(read.policy, RUNMEDIC_PUBSUB_PROJECT);
  if (own.policy === undefined || faults.length > 0) throw new ConfigurationInvalid([...faults, ...own.faults]);
  return { ...config, policy: own.policy, warnings: read.warnings };
}
