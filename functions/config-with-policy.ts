import { readFileSync } from 'node:fs';
import { faultLine } from '../shared/policy/fault.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import type { Policy } from '../shared/policy/policy.ts';
import { actionNames } from '../shared/remedy/actions.ts';
import { type Config, ConfigurationInvalid, type FunctionName, readConfig } from './config.ts';
import { withOwnProject } from './own-project.ts';

/** What the environment says, and what `runmedic.yaml` does. */
export interface ConfigWithPolicy extends Config {
  readonly policy: Policy;
  readonly warnings: readonly string[];
}

/** Reads and judges the whole configuration of one function. @throws ConfigurationInvalid naming every fault. */
export function configWithPolicy(name: FunctionName): ConfigWithPolicy {
  const { config, faults } = readConfig(name);
  const { RUNMEDIC_CONFIG, RUNMEDIC_PUBSUB_PROJECT } = config.settings;
  const policy = readPolicy(RUNMEDIC_CONFIG, RUNMEDIC_PUBSUB_PROJECT);
  const all = [...faults, ...policy.faults];
  if (policy.parsed === undefined || all.length > 0) throw new ConfigurationInvalid(all);
  return { ...config, ...policy.parsed };
}

interface PolicyRead {
  readonly parsed: { readonly policy: Policy; readonly warnings: readonly string[] } | undefined;
  readonly faults: readonly string[];
}

function readPolicy(file: string, queueProject: string | undefined): PolicyRead {
  const text = readText(file);
  if (text === undefined)
    return {
      parsed: undefined,
      faults: [`${file}: there is no such file, or it cannot be read (RUNMEDIC_CONFIG names it)`],
    };
  const parsed = parsePolicy(text, file, actionNames);
  if (!parsed.ok) return { parsed: undefined, faults: parsed.faults.map(faultLine) };
  const { policy, faults } = withOwnProject(parsed.policy, queueProject);
  return policy === undefined ? { parsed: undefined, faults } : { parsed: { ...parsed, policy }, faults };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing, a directory or unreadable: for whoever named it, it is the same.
    return undefined;
  }
}
