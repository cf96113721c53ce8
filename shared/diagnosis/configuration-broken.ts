import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { isConfiguration, type SettingChange } from '../evidence/setting-changes.ts';
import type { Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import {
  brokeWithDeploy,
  changed,
  countOf,
  deployedLine,
  eachService,
  failedDeploy,
  harmOfFailedDeploy,
  inWords,
  linesOf,
} from './deploys.ts';
import { FAILURES_MIN } from './revisions.ts';
import { type Conclusion, type Context, rule, type Seen } from './rule.ts';

/**
 * Settings, not code, broke a service: the same image with other variables, limits or network fails from its deploy on, or a container says that a setting is
 * missing.
 * Sees what the newest revision changed, failures from its deploy on, and "missing setting" lines of containers.
 * Silent when nothing but the image changed and nothing is said to be missing, when the failures are older than the deploy, and when a service that was not
 * deployed is cut off from the network just as well.
 */
export const configurationBroken = rule({
  layer: 'configuration',
  title: 'Configuration broken',
  needs: ['cloud-run', 'logs'],
  considers: ['metrics', 'changes'],
  explains: [
    'release-broken',
    'crash-after-ready',
    'database-login-refused',
    'memory-exhausted',
    'memory-leaking',
    'cpu-starved',
    'instance-ceiling-reached',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'connection-pool-exhausted',
    'database-connections-exhausted',
    'database-slow',
  ],
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) =>
    eachService(services, (service) => judge(service, services, seen, context)),
});

type SeenHere = Omit<Seen<'cloud-run' | 'logs', 'metrics' | 'changes'>, 'cloud-run'>;

function judge(
  service: ServiceObservation,
  services: readonly ServiceObservation[],
  seen: SeenHere,
  context: Context,
): Conclusion {
  const { shortName } = service;
  const { logs } = seen;
  const deploy = failedDeploy(service, context);
  if (deploy !== undefined) {
    const suspicion = suspicionOf(service, deploy, 'in-start', logs);
    if (suspicion !== undefined)
      return causeOf(service, deploy, suspicion, {
        ...harmOfFailedDeploy(service),
        seen: `${deploy.shortName} never became ready`,
      });
  }
  const broken = brokeWithDeploy(service, seen);
  if (broken === undefined) return { kind: 'ruled-out', reason: 'nothing failed from its newest deploy on' };
  const companion = cutOffTogether(service, services, seen);
  if (companion !== undefined)
    return {
      kind: 'ruled-out',
      reason: `${companion}, which was not deployed, cannot connect either`,
    };
  const { starts } = broken.failures;
  const when = starts.seenAs === 'start' && starts.count > 0 ? 'in-start' : 'in-service';
  const suspicion = suspicionOf(service, broken.newest, when, logs);
  if (suspicion === undefined)
    return {
      kind: 'ruled-out',
      reason: `${broken.newest.shortName} brought another image, and no setting is said to be missing`,
    };
  const count = counted({ count: broken.failures.requests, noun: 'request', from: 'requests' }, logs);
  return causeOf(service, broken.newest, suspicion, {
    services: [shortName],
    harm: 'now',
    seen: `${count} failed ${broken.arrival.with === 'deploy' ? 'from its deploy on' : 'from when traffic was moved to it'}`,
  });
}

const CONNECTIONS = ['private-connection-timed-out', 'private-connection-refused'] as const;

/** Another service that complains of connections just as this one does, and whose newest revision is not to blame: then it is no setting of this one. */
function cutOffTogether(
  service: ServiceObservation,
  services: readonly ServiceObservation[],
  seen: SeenHere,
): string | undefined {
  const { logs } = seen;
  const isCutOff = ({ shortName, revisions }: ServiceObservation): boolean =>
    revisions.some(
      (revision) =>
        countOf(linesOf(logs, { service: shortName, revision: revision.shortName }, CONNECTIONS)) >= FAILURES_MIN,
    );
  if (!isCutOff(service)) return undefined;
  return services.find((one) => one !== service && isCutOff(one) && brokeWithDeploy(one, seen) === undefined)
    ?.shortName;
}

interface Suspicion {
  /** What is suspected, as part of a sentence. */
  readonly what: string;
  readonly missing: SignatureCount | undefined;
  readonly sameImage: boolean;
}

function suspicionOf(
  service: ServiceObservation,
  revision: Revision,
  when: 'in-start' | 'in-service',
  logs: LogsObservation,
): Suspicion | undefined {
  const all = changed(service, revision);
  const settings = all.filter(isConfiguration);
  const sameImage = service.release?.revision === revision.shortName && settings.length === all.length;
  const of = { service: service.shortName, revision: revision.shortName };
  const [missing] = [
    ...linesOf(logs, of, ['setting-missing']),
    ...linesOf(logs, of, ['key-missing']).filter((line) => when === 'in-start' || isOneOf(settings, line)),
  ];
  if (settings.length > 0 && (sameImage || missing !== undefined))
    return { what: `changed ${settings.slice(0, SETTINGS_NAMED).map(inWords).join('; ')}`, missing, sameImage };
  return missing === undefined ? undefined : { what: 'lacks a setting that its image needs', missing, sameImage };
}

/** A key that is not there is missing from some document, unless the release changed what has its name; in a start it is settings that are read. */
const isOneOf = (settings: readonly SettingChange[], { sample }: SignatureCount): boolean =>
  settings.some(({ of }) => of !== '' && sample.includes(`KeyError: '${of}'`));

/** The claim is one sentence; the evidence has the others. */
const SETTINGS_NAMED = 2;

function causeOf(
  service: ServiceObservation,
  revision: Revision,
  { what, missing, sameImage }: Suspicion,
  harm: { readonly services: readonly string[]; readonly harm?: 'now' | 'soon'; readonly seen: string },
): Conclusion {
  const { name, shortName } = service;
  const { seen, ...harmed } = harm;
  return {
    kind: 'cause',
    target: name,
    claim: `${revision.shortName} of ${shortName} ${what}: ${seen}.`,
    confidence: 'certain',
    confessed: missing !== undefined,
    evidence: [
      ...(missing === undefined
        ? []
        : [{ text: `${missing.count} times: "${missing.sample}"`, url: servicePage(name, 'logs') }]),
      deployedLine(service, revision),
    ],
    expects: [
      { text: 'its image is the one that served before', seen: sameImage ? 'yes' : 'unknown' },
      { text: 'its containers name the setting', seen: missing === undefined ? 'unknown' : 'yes' },
    ],
    ...harmed,
  };
}
