import { judge } from '../../shared/diagnosis/diagnose.ts';
import type { Conclusion } from '../../shared/diagnosis/rule.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import type { Change } from '../../shared/evidence/changes.ts';
import type { Release, ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { InstanceStarts } from '../../shared/evidence/instance-starts.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import type { SettingChange } from '../../shared/evidence/setting-changes.ts';
import type { Container, Revision } from '../../shared/ports/cloud.ts';
import { at, context, evidence, logs, observed, revision, service, template } from './evidence.ts';

/** backend as these tests find it: 00003 came five minutes ago, 00002 served before. */
export const NEWEST = 'backend-00003';
const BEFORE = 'backend-00002';

export const withContainer = (over: Partial<Container>): Pick<Revision, 'template'> => ({
  template: { ...template, containers: template.containers.map((container) => ({ ...container, ...over })) },
});

export const releaseOf = (...changes: readonly SettingChange[]): Release => ({
  revision: NEWEST,
  at: at(-300),
  by: 'ben@acme.example',
  before: BEFORE,
  changes,
});

export const setting = (name: SettingChange['setting'], before = 'one', after = 'other', of = ''): SettingChange => ({
  setting: name,
  of,
  before,
  after,
});

/** Which takes all traffic. */
export const deployed = (newest: Partial<Revision> = {}, over: Partial<ServiceObservation> = {}): ServiceObservation =>
  service('backend', {
    serving: [{ revision: NEWEST, percent: 100 }],
    revisions: [revision(NEWEST, at(-300), newest), revision(BEFORE, at(-86_400))],
    ...over,
  });

/** Which never became ready, so that 00002 serves on. */
export const notReady = (
  ready: Partial<Revision['ready']>,
  over: Partial<ServiceObservation> = {},
  newest: Partial<Revision> = {},
): ServiceObservation =>
  deployed(
    { ready: { state: 'failed', reason: undefined, message: undefined, at: at(-60), ...ready }, ...newest },
    { serving: [{ revision: BEFORE, percent: 100 }], ...over },
  );

export const starts = (over: Partial<InstanceStarts> = {}): InstanceStarts => ({
  service: 'backend',
  revision: NEWEST,
  succeeded: 0,
  slowestSeconds: undefined,
  givenUpAfterSeconds: undefined,
  failedYoung: 0,
  failedOlder: 0,
  failedUntilSeconds: undefined,
  listeningOn: undefined,
  ...over,
});

export const change = (over: Partial<Change> = {}): Change => ({
  at: at(-320),
  by: 'ann@acme.example',
  thing: 'service',
  method: 'UpdateService',
  resource: 'projects/acme-staging/locations/us-central1/services/backend',
  name: 'backend',
  fields: ['traffic'],
  outcome: 'made',
  detail: '',
  ...over,
});

/** What a rule says of these services, and of these lines. */
export function concludes(
  rule: RuleName,
  services: readonly ServiceObservation[],
  seen: Partial<LogsObservation> = {},
  over: Partial<Evidence> = {},
): readonly Conclusion[] {
  const all = evidence({ 'cloud-run': observed({ services }), logs: observed(logs(seen)), ...over });
  return judge(ruleNamed(rule), all, context);
}

export const kinds = (conclusions: readonly Conclusion[]): readonly string[] => conclusions.map(({ kind }) => kind);
