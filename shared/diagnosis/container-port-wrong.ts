import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { Container, Revision } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { CONTAINER_ENDED } from './container-endings.ts';
import {
  changed,
  countOf,
  deployedLine,
  eachService,
  failedDeploy,
  harmOfFailedDeploy,
  linesOf,
  servingRevisions,
  startsOf,
} from './deploys.ts';
import { FAILURES_MIN } from './revisions.ts';
import { type Conclusion, type Context, rule } from './rule.ts';

/**
 * Cloud Run sends requests to a port on which the container does not listen, or on which it answers its own machine only.
 * Sees the port that the service states beside the one that the container says it listens on, what the release changed of it, starts that end without an exit,
 * and answers that never came from a container that runs.
 * Silent when the container exits by itself, and when neither its words nor a change of the port speak for another port.
 */
export const containerPortWrong = rule({
  layer: 'configuration',
  title: 'Container port wrong',
  needs: ['cloud-run', 'logs'],
  explains: [
    'release-broken',
    'configuration-broken',
    'protocol-mismatched',
    'startup-slower-than-probe',
    'instance-ceiling-reached',
    'health-check-too-strict',
  ],
  diagnose: ({ 'cloud-run': { services }, logs }, context) =>
    eachService(services, (service) => judge(service, logs, context)),
});

function judge(service: ServiceObservation, logs: LogsObservation, context: Context): Conclusion {
  const { shortName } = service;
  const deploy = failedDeploy(service, context);
  if (deploy !== undefined && isDeaf(deploy)) {
    const mismatch = mismatchOf(service, deploy, logs);
    if (mismatch !== undefined && exitsOf(service, deploy, logs) === 0)
      return causeOf(service, deploy, mismatch, {
        ...harmOfFailedDeploy(service),
        seen: `${deploy.shortName} never became ready`,
        line: deploy.ready.message ?? 'Its container did not start.',
      });
  }
  for (const revision of servingRevisions(service)) {
    const unanswered = countOf(linesOf(logs, of(service, revision), ['response-malformed']));
    const mismatch = mismatchOf(service, revision, logs);
    if (unanswered < FAILURES_MIN || mismatch === undefined || exitsOf(service, revision, logs) > 0) continue;
    return causeOf(service, revision, mismatch, {
      services: [shortName],
      harm: 'now',
      seen: `${unanswered} requests to ${revision.shortName} met nobody`,
      line: `${unanswered} times: "connection to the instance had an error".`,
    });
  }
  return { kind: 'ruled-out', reason: 'no container says that it listens elsewhere than on its port' };
}

const of = ({ shortName: service }: ServiceObservation, { shortName: revision }: Revision) => ({ service, revision });

/** What Cloud Run says where nothing listened in time. */
const isDeaf = ({ ready: { reason, message } }: Revision): boolean =>
  reason === 'HEALTH_CHECK_CONTAINER_ERROR' || /failed to start and listen on the port/.test(message ?? '');

const exitsOf = (service: ServiceObservation, revision: Revision, logs: LogsObservation): number =>
  countOf(linesOf(logs, of(service, revision), CONTAINER_ENDED));

interface Mismatch {
  readonly port: number;
  /** What speaks for it, as part of a sentence. */
  readonly why: string;
  readonly heard: 'elsewhere' | 'loopback' | 'unknown';
}

/** The container's own words come first; without them, a port that was changed while the image stayed. */
function mismatchOf(service: ServiceObservation, revision: Revision, logs: LogsObservation): Mismatch | undefined {
  const container: Container | undefined = revision.template.containers[0];
  const port = container?.port ?? PORT_DEFAULT;
  const heard = startsOf(logs, revision)?.listeningOn;
  if (heard !== undefined && heard.port !== port)
    return { port, why: `the container says that it listens on port ${heard.port}`, heard: 'elsewhere' };
  if (heard?.address === 'loopback')
    return { port, why: 'the container says that it listens on its loopback address', heard: 'loopback' };
  if (heard !== undefined) return undefined;
  const [moved] = changed(service, revision, 'port');
  return moved === undefined || changed(service, revision, 'image').length > 0
    ? undefined
    : { port, why: `the same image was served on port ${moved.before} before`, heard: 'unknown' };
}

/** "If not specified, defaults to 8080", ContainerPort of Cloud Run Admin v2. */
const PORT_DEFAULT = 8080;

function causeOf(
  service: ServiceObservation,
  revision: Revision,
  { port, why, heard }: Mismatch,
  harm: {
    readonly services: readonly string[];
    readonly harm?: 'now' | 'soon';
    readonly seen: string;
    readonly line: string;
  },
): Conclusion {
  const { name, shortName } = service;
  const { seen, line, ...harmed } = harm;
  return {
    kind: 'cause',
    target: name,
    claim: `Cloud Run looks for ${shortName} on port ${port}, but ${why}: ${seen}.`,
    confidence: heard === 'unknown' ? 'likely' : 'certain',
    evidence: [{ text: line, url: servicePage(name, 'logs') }, deployedLine(service, revision)],
    expects: [
      { text: 'the container says where it listens', seen: heard === 'unknown' ? 'unknown' : 'yes' },
      { text: 'the container does not exit', seen: 'yes' },
    ],
    ...harmed,
  };
}
