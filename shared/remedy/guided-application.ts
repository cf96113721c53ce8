import { byHand, type Instructions } from './by-hand.ts';
import { checkMoved, fixDeployed } from './guide-application.ts';
import { calledLess } from './guide-outside.ts';
import { type Or, refused } from './new-revision.ts';

/**
 * Guides people through what only the application, its check, or who runs what it calls can mend.
 * API: none, people make it.
 * Silent (refuses) where the service was not observed.
 * Source of the commands: gcloud logging read, gcloud run deploy, gcloud run services update-traffic, read 2026-11-30.
 */
export const guidedApplication = byHand({
  title: 'Mend the application',
  answers: [
    'crash-after-ready',
    'connection-pool-exhausted',
    'startup-slower-than-probe',
    'websocket-cut-by-timeout',
    'external-dependency-failing',
    'path-reserved',
    'health-endpoint-overloading',
  ],
  needs: [],
  considers: ['cloud-run', 'logs'],
  guide: ({ cause, seen, environment }): Or<{ readonly guide: Instructions }> => {
    const { rule, target } = cause;
    const services = seen['cloud-run']?.services ?? [];
    if (rule === 'path-reserved') return { kind: 'found', guide: checkMoved(target, environment.name) };
    if (rule === 'external-dependency-failing')
      return { kind: 'found', guide: calledLess(cause, services, environment) };
    const service = services.find(({ name }) => name === target);
    return service === undefined
      ? refused(`service ${target} was not observed`)
      : { kind: 'found', guide: fixDeployed(rule, service) };
  },
});
