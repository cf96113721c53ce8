import type { MetricServiceClient } from '@google-cloud/monitoring';
import type { RevisionsClient, ServicesClient } from '@google-cloud/run';
import type { VpcAccessServiceClient } from '@google-cloud/vpc-access';
import { googleFetch } from './google-fetch.ts';
import type { GoogleOptions } from './google-options.ts';

/** Google's own clients, each imported and built when it is first needed: an import takes a quarter of a second (facts, 2026-11-23). */
export interface GoogleClients {
  services(): Promise<ServicesClient>;
  revisions(): Promise<RevisionsClient>;
  connectors(): Promise<VpcAccessServiceClient>;
  metrics(): Promise<MetricServiceClient>;
}

export function googleClients(options: GoogleOptions): GoogleClients {
  const rest = () => restMode(options);
  return {
    services: once(async () => new (await import('@google-cloud/run')).ServicesClient(await rest())),
    revisions: once(async () => new (await import('@google-cloud/run')).RevisionsClient(await rest())),
    connectors: once(async () => new (await import('@google-cloud/vpc-access')).VpcAccessServiceClient(await rest())),
    metrics: once(async () => new (await import('@google-cloud/monitoring')).MetricServiceClient(await rest())),
  };
}

/** `fallback: true` is REST: no gRPC channel, and it starts six times faster. */
async function restMode({ auth, endpoint }: GoogleOptions) {
  const { GoogleAuth } = await import('google-auth-library');
  // One for each client: a client writes its own defaults on it.
  const google = Object.assign(new GoogleAuth({ authClient: await auth }), { fetch: googleFetch(auth) });
  return {
    // Sound: vpc-access brings an older google-auth-library; of it a client in REST mode calls only getClient and fetch.
    auth: google as never,
    fallback: true,
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint.host, port: endpoint.port, protocol: endpoint.protocol }),
  };
}

/** Remembers what was made, and forgets what failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
