import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Condition } from '../ports/cloud.ts';
import { servicePage } from './console-links.ts';
import { deployedLine, eachService, failedDeploy, harmOfFailedDeploy } from './deploys.ts';
import { type Conclusion, type Context, rule } from './rule.ts';

/** Source: CommonReason of Condition, condition.proto of @google-cloud/run 4.2.0. */
const REASONS: readonly string[] = [
  'CONTAINER_MISSING',
  'CONTAINER_PERMISSION_DENIED',
  'CONTAINER_IMAGE_UNAUTHORIZED',
  'CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED',
];
/** Words of conditions whose reason is no more than REVISION_FAILED. Source: gcpdiag's test-data of failing services, commit 06ec8584. */
const WORDS = /Image '\S+' not found|must have permission to read the image/;

/**
 * A new revision's image is not in its repository, or Cloud Run may not read it.
 * Sees the conditions of the newest revision and of its service. A serving revision needs no repository: Cloud Run keeps a copy of its image.
 * Silent when the newest revision became ready, and about deploys that failed more than an hour ago.
 */
export const imageUnavailable = rule({
  layer: 'release',
  title: 'Image unavailable',
  needs: ['cloud-run'],
  explains: ['release-broken', 'configuration-broken', 'container-port-wrong', 'startup-slower-than-probe'],
  diagnose: ({ 'cloud-run': { services } }, context) => eachService(services, (service) => judge(service, context)),
});

function judge(service: ServiceObservation, context: Context): Conclusion {
  const { name, shortName, ready } = service;
  const deploy = failedDeploy(service, context);
  if (deploy === undefined) return { kind: 'ruled-out', reason: 'no deploy failed within the last hour' };
  const told = [deploy.ready, ready].find(isAboutImage);
  if (told === undefined) return { kind: 'ruled-out', reason: `${deploy.shortName} had its image` };
  const image = deploy.template.containers[0]?.image ?? 'its image';
  const forbidden = told.reason !== 'CONTAINER_MISSING' && !/ not found/.test(told.message ?? '');
  const harm = harmOfFailedDeploy(service);
  const serves = service.serving.filter(({ percent }) => percent > 0).map(({ revision }) => revision);
  return {
    kind: 'cause',
    target: name,
    claim: `${deploy.shortName} of ${shortName} cannot start: ${forbidden ? `Cloud Run may not read ${image}` : `${image} is not in its repository`}; ${serves.length === 0 ? 'no revision serves' : `${serves.join(' and ')} goes on serving`}.`,
    confidence: 'certain',
    evidence: [
      { text: told.message ?? `The platform says ${told.reason}.`, url: servicePage(name, 'revisions') },
      deployedLine(service, deploy),
    ],
    expects: [{ text: 'the revision never became ready', seen: 'yes' }],
    ...harm,
  };
}

const isAboutImage = ({ state, reason, message }: Condition): boolean =>
  state === 'failed' && (REASONS.includes(reason ?? '') || WORDS.test(message ?? ''));
