import { byHand } from './by-hand.ts';
import { callerAdmitted } from './guide-callers.ts';
import { secretReadable } from './guide-secrets.ts';
import { refused } from './new-revision.ts';

/**
 * Guides people through rights: who may call a service, and which secrets it may read. A bot grants nobody anything.
 * API: none, people make it.
 * Silent (refuses) where the service was not observed, or refers to no secret that could be meant.
 * Source of the commands: gcloud run services add-iam-policy-binding, gcloud compute backend-services update (--iap), gcloud secrets, read 2026-11-30.
 */
export const guidedIam = byHand({
  title: 'Give back the right',
  answers: ['authentication-changed', 'secret-unavailable'],
  needs: ['cloud-run'],
  considers: ['load-balancer', 'invokers', 'changes'],
  guide: ({ cause, seen }) => {
    const service = seen['cloud-run'].services.find(({ name }) => name === cause.target);
    if (service === undefined) return refused(`service ${cause.target} was not observed`);
    return cause.rule === 'secret-unavailable'
      ? secretReadable(service)
      : { kind: 'found', guide: callerAdmitted(service, seen) };
  },
});
