import { createSecureContext, type SecureContext } from 'node:tls';
import { servedCertificate } from '../world/edge/certificates.ts';
import type { World } from '../world/world.ts';
import type { Authority } from './certificates.ts';

const DAY_MS = 24 * 3600 * 1000;
const GOOGLES_OWN_DAYS = 80;

/**
 * What is presented to a client that asks for a name: what the world's load balancer serves at the moment, or Cloud Run's own for its addresses.
 * TLS judges in machine time and the world may be hours ahead of it: what has run out there has run out here.
 * @throws Error where nothing is served for the name.
 */
export function servedContexts(world: World, authority: Authority, runHosts: readonly string[]) {
  // A world may begin at any date; its certificates last as long from its beginning as they do from ours.
  const aheadMs = Date.now() - world.nowMs;
  const made = new Map<string, Promise<SecureContext>>();
  const contextFor = (leaf: Parameters<Authority['issue']>[0], key: string): Promise<SecureContext> => {
    const context = made.get(key) ?? authority.issue(leaf).then((issued) => createSecureContext(issued));
    made.set(key, context);
    return context;
  };
  return async (name: string): Promise<SecureContext> => {
    if (runHosts.includes(name)) {
      const expiresMs = world.startMs + aheadMs + GOOGLES_OWN_DAYS * DAY_MS;
      return contextFor({ names: [name], expiresMs, chain: 'complete' }, name);
    }
    const served = servedCertificate(world.state, name);
    if (served?.expiresMs === undefined) throw new Error(`No certificate for ${name}`);
    const { names, chain } = served;
    const isOver = served.expiresMs <= world.state.nowMs;
    const lastMs = served.expiresMs + aheadMs;
    const expiresMs = isOver ? Math.min(lastMs, Date.now() - 1000) : lastMs;
    return contextFor({ names, expiresMs, chain }, `${served.name} ${isOver}`);
  };
}
