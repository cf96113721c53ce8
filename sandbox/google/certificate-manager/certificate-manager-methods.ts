import { type ApiMethod, inLocation, name, reads } from '../api-method.ts';

/** Certificate Manager v1. Source of permissions: facts about IAM, 2026-11-23. */
export const certificateManagerMethods: readonly ApiMethod[] = [
  reads('certificatemanager', `/v1/${inLocation}/certificates`, 'certificatemanager.certs.list'),
  reads(
    'certificatemanager',
    `/v1/${inLocation}/certificateMaps/${name}/certificateMapEntries`,
    'certificatemanager.certmapentries.list',
  ),
];
