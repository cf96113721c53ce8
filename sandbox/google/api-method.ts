import type { Api } from '../scenarios/apis.ts';

/** One method of an API: how it is called, and which permission it needs. Source: IAM permissions of each REST method's documentation, read 2026-11-23. */
export interface ApiMethod {
  readonly api: Api;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: RegExp;
  readonly permission: string;
  /** Whether it leaves everything as it was, whatever its verb. */
  readonly kind: 'reads' | 'changes';
}

export const name = '[^/]+';
export const inLocation = `projects/${name}/locations/${name}`;

export const reads = (api: Api, path: string, permission: string, method: 'GET' | 'POST' = 'GET'): ApiMethod => ({
  api,
  method,
  path: new RegExp(`^${path}$`),
  permission,
  kind: 'reads',
});

export const changes = (api: Api, path: string, permission: string, method: 'PATCH' | 'POST' = 'PATCH'): ApiMethod => ({
  api,
  method,
  path: new RegExp(`^${path}$`),
  permission,
  kind: 'changes',
});
