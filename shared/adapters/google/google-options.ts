import type { AuthClient } from 'google-auth-library';

/** Where Google's APIs answer: their own hosts, or one server that speaks for all of them. */
interface GoogleEndpoint {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

export interface GoogleOptions {
  /** Whose rights the calls are made with; on its way, where it waits for a library. */
  readonly auth: AuthClient | Promise<AuthClient>;
  /** undefined: each API's own host. Set on a laptop; everything else stays equal. */
  readonly endpoint: GoogleEndpoint | undefined;
}

/** The APIs that are called, by the first label of their host. */
export type GoogleApi =
  | 'run'
  | 'vpcaccess'
  | 'monitoring'
  | 'logging'
  | 'compute'
  | 'dns'
  | 'certificatemanager'
  | 'sqladmin'
  | 'redis'
  | 'serviceusage'
  | 'cloudbilling'
  | 'servicehealth'
  | 'cloudbuild'
  | 'secretmanager';

/** `https://run.googleapis.com`, or the endpoint's own address. */
export const baseUrl = (api: GoogleApi, { endpoint }: Pick<GoogleOptions, 'endpoint'>): string =>
  endpoint === undefined ? `https://${api}.googleapis.com` : `${endpoint.protocol}://${endpoint.host}:${endpoint.port}`;
