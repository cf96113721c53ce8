import { judge } from '../../shared/diagnosis/diagnose.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { NetworkView, Way } from '../../shared/evidence/network.ts';
import { context, evidence, failed, line, logs, networkView, observed, way } from '../builders/evidence.ts';

const SERVICES = ['auth', 'backend', 'frontend'];

/** What a rule says of each target, in a network where all three services fail, and time out unless told. */
export const concludeAll = (
  rule: RuleName,
  seen: {
    readonly ways?: readonly Way[];
    readonly view?: Partial<NetworkView>;
    readonly logs?: Partial<LogsObservation>;
    readonly over?: Partial<Evidence>;
  },
) =>
  judge(
    ruleNamed(rule),
    evidence({
      network: observed({
        ways: seen.ways ?? SERVICES.map((name) => way(name)),
        networks: [networkView(seen.view)],
      }),
      logs: observed(
        logs({
          failed: SERVICES.map((name) => failed(name, 50)),
          signatures: [line('backend', 'private-connection-timed-out', 34)],
          ...seen.logs,
        }),
      ),
      ...seen.over,
    }),
    context,
  );

/** Where a rule has one thing to say. */
export function conclude(rule: RuleName, seen: Parameters<typeof concludeAll>[1]) {
  const [conclusion, ...others] = concludeAll(rule, seen);
  if (conclusion === undefined || others.length > 0) throw new Error(`${others.length + 1} conclusions, not one`);
  return conclusion;
}
