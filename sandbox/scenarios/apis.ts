/** The Google APIs of the sandbox, by the first label of their host. */
export const apis = [
  'run',
  'vpcaccess',
  'monitoring',
  'logging',
  'compute',
  'dns',
  'certificatemanager',
  'sqladmin',
  'redis',
  'serviceusage',
  'cloudbilling',
  'servicehealth',
  'secretmanager',
  'cloudbuild',
] as const;
export type Api = (typeof apis)[number];
