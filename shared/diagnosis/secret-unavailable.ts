import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { type SecretState, secretNames } from '../evidence/secret-states.ts';
import type { Revision } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import { servicePage } from './console-links.ts';
import {
  countOf,
  deployedLine,
  eachService,
  failedDeploy,
  harmOfFailedDeploy,
  linesOf,
  servingRevisions,
} from './deploys.ts';
import { type Conclusion, type Context, type Expectation, rule, type Seen } from './rule.ts';
import { whoChanged } from './who-changed.ts';

/** Words of a condition about a secret: hari31416/rag-chatbot's and others' logs of deploys, read 2026-11-23. */
const WORDS = /Permission denied on secret|secret_key_ref|Secret Version \[/;

/**
 * A revision refers to a secret that is disabled, destroyed, missing or forbidden: what runs keeps running, and nothing new starts.
 * Sees Cloud Run's own line of a start that was given up for it, the condition of a deploy that failed, and the state of each secret that is referred to.
 * Silent when every secret may be used, and about what a secret holds.
 */
export const secretUnavailable = rule({
  layer: 'configuration',
  title: 'Secret unavailable',
  needs: ['cloud-run', 'logs'],
  considers: ['changes'],
  explains: [
    'release-broken',
    'configuration-broken',
    'crash-after-ready',
    'startup-slower-than-probe',
    'instance-ceiling-reached',
    'traffic-surge',
  ],
  diagnose: (seen, context) => eachService(seen['cloud-run'].services, (service) => judge(service, seen, context)),
});

type Looked = Seen<'cloud-run' | 'logs', 'changes'>;

function judge(service: ServiceObservation, seen: Looked, context: Context): Conclusion {
  const { name, shortName } = service;
  const deploy = failedDeploy(service, context);
  if (deploy !== undefined && isAboutSecret(deploy)) {
    const state = stateOf(service, deploy);
    return {
      kind: 'cause',
      target: name,
      claim: `${deploy.shortName} of ${shortName} cannot start: ${state === undefined ? 'a secret that it refers to cannot be had' : inWords(state)}.`,
      confidence: 'certain',
      evidence: [
        { text: deploy.ready.message ?? 'Its secrets could not be read.', url: servicePage(name, 'revisions') },
        ...evidenceOf(service, deploy, state, seen),
      ],
      expects: [expectation(state)],
      ...harmOfFailedDeploy(service),
    };
  }
  return running(service, seen);
}

/** What serves, and is to start anew some time. */
function running(service: ServiceObservation, seen: Looked): Conclusion {
  const { name, shortName } = service;
  for (const revision of servingRevisions(service)) {
    const lines = linesOf(seen.logs, { service: shortName, revision: revision.shortName }, ['secret-unavailable']);
    const state = stateOf(service, revision);
    const aborted = countOf(lines);
    if (aborted === 0 && state === undefined) continue;
    const what = state === undefined ? 'a secret that it refers to cannot be had' : inWords(state);
    return {
      kind: 'cause',
      target: name,
      claim:
        aborted === 0
          ? `${revision.shortName} of ${shortName} still runs, and its next instance will not start: ${what}.`
          : `No new instance of ${revision.shortName} starts: ${what}, and ${aborted} starts were given up.`,
      confidence: 'certain',
      evidence: [
        ...lines
          .slice(0, 1)
          .map(({ sample, count }) => ({ text: `${count} times: "${sample}"`, url: servicePage(name, 'logs') })),
        ...evidenceOf(service, revision, state, seen),
      ],
      expects: [expectation(state)],
      services: [shortName],
      harm: aborted === 0 ? 'soon' : 'now',
    };
  }
  return { kind: 'ruled-out', reason: knownOf(service) };
}

const isAboutSecret = ({ ready: { reason, message } }: Revision): boolean =>
  reason === 'SECRETS_ACCESS_CHECK_FAILED' || WORDS.test(message ?? '');

/** The secret of a revision that cannot be had. */
function stateOf({ name, secrets }: ServiceObservation, { template }: Revision): SecretState | undefined {
  const names = secretNames(template, parseName(name).project);
  return secrets.find((one) => names.includes(one.name) && isUnusable(one));
}

const isUnusable = ({ state }: SecretState): boolean => state !== 'enabled' && state !== 'unknown';

/** `secret db-password:3 is disabled`. */
function inWords({ name, state }: SecretState): string {
  const [, , , secret, , version] = name.split('/');
  return `secret ${secret}:${version} is ${state}`;
}

function evidenceOf(
  service: ServiceObservation,
  revision: Revision,
  state: SecretState | undefined,
  { changes }: Looked,
) {
  const secret = state?.name.split('/')[3];
  return [
    ...(state === undefined
      ? []
      : whoChanged(changes, ({ thing, resource }) => thing === 'secret' && resource.includes(`/secrets/${secret}/`))),
    deployedLine(service, revision),
  ];
}

/** All may be enabled, and yet this service's account may lack the right to read one: then it is not known. */
const expectation = (state: SecretState | undefined): Expectation => ({
  text: 'Secret Manager says that a version which it refers to may not be used',
  seen: state === undefined ? 'unknown' : 'yes',
});

function knownOf({ secrets }: ServiceObservation): string {
  const enabled = secrets.filter(({ state }) => state === 'enabled').length;
  if (secrets.length === 0) return 'it refers to no secret, and no start was given up for one';
  return `no start was given up for a secret; ${enabled} of ${secrets.length} were seen enabled`;
}
