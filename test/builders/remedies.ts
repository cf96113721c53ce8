import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { RuleName } from '../../shared/diagnosis/rules.ts';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import type { Container, Service, Template } from '../../shared/ports/cloud.ts';
import type { Proposal, ProposalInput } from '../../shared/remedy/action.ts';
import { at, environment, revision, service, serviceMetrics, serviceName, template } from './evidence.ts';
import { plainService, reading } from './ports.ts';

export const BACKEND = serviceName('backend');
/** What backend runs, by digest. */
export const IMAGES = ['us-docker.pkg.dev/acme/app@sha256:aaaa'];
export const { bounds } = environment;
export const BOUNDS_AT = 'environments.staging.bounds';

export const causeOf = (rule: RuleName, over: Partial<Cause> = {}): Cause => ({
  rule,
  layer: 'infrastructure',
  explains: [],
  target: BACKEND,
  claim: 'it is full',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
  ...over,
});

/** A template with one container, where that and the rest of it are as told. */
export const templateOf = (container: Partial<Container> = {}, over: Partial<Template> = {}): Template => ({
  ...template,
  containers: template.containers.map((one) => ({ ...one, ...container })),
  ...over,
});

/** Which was deployed as it stands. */
export const deployedAs = (of: Template): Pick<ServiceObservation, 'template' | 'revisions'> => ({
  template: of,
  revisions: [revision('backend-00002', at(-86_400), { template: of })],
});

interface Scene {
  readonly rule: RuleName;
  readonly target?: string;
  readonly service?: Partial<ServiceObservation>;
  /** undefined: as ever; null: Monitoring could not be asked. */
  readonly metrics?: Partial<ServiceMetrics> | null;
  readonly database?: ProposalInput<never, 'database'>['seen']['database'];
  readonly environment?: Partial<Environment>;
}

/** What an action makes of backend. */
export const proposal = <Settings>(
  action: {
    readonly propose: (input: ProposalInput<'cloud-run', 'metrics' | 'logs' | 'database'>) => Proposal<Settings>;
  },
  { rule, target = BACKEND, service: over, metrics = {}, database, environment: here }: Scene,
): Proposal<Settings> =>
  action.propose({
    cause: causeOf(rule, { target }),
    seen: {
      'cloud-run': { services: [service('backend', over)] },
      ...(metrics === null ? {} : { metrics: { services: [serviceMetrics('backend', metrics)] } }),
      ...(database === undefined ? {} : { database }),
    },
    environment: { ...environment, ...here },
    mark: 'inc-1-1',
  });

/** A cloud that has backend, and what its newest revision runs. */
export const cloudWith = (over: Partial<Service> = {}) =>
  reading({
    services: [plainService('backend', over)],
    revisions: { [BACKEND]: service('backend').revisions },
  }).cloud;

/** For a change of backend, as it is handed to a writer. */
export const changing = <Settings>(before: Settings, after: Settings) => ({
  target: BACKEND,
  etag: '"9"',
  before,
  after,
});
