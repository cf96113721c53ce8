import { type ApiMethod, name, reads } from '../api-method.ts';

/** Cloud Billing v1 and Service Health v1, what a project may ask of itself. */
export const platformMethods: readonly ApiMethod[] = [
  reads('cloudbilling', `/v1/projects/${name}/billingInfo`, 'resourcemanager.projects.get'),
  reads('servicehealth', `/v1/projects/${name}/locations/${name}/events`, 'servicehealth.events.list'),
];
