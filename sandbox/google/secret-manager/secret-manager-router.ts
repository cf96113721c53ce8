import { Router } from 'express';
import { findVersion } from '../../world/secrets.ts';
import type { World } from '../../world/world.ts';
import { notFound } from '../api-error.ts';

/** Secret Manager v1: secrets.versions.get. */
export function secretManagerRouter({ state }: World): Router {
  const router = Router();
  router.get('/v1/projects/:project/secrets/:secret/versions/:version', (request, response) => {
    const { secret, version } = request.params;
    const { projectNumber } = state.scenario.estate;
    const found = findVersion(state, secret, version);
    const name = `projects/${projectNumber}/secrets/${secret}`;
    if (!state.secrets.has(secret)) throw notFound(`Secret [${name}] not found.`);
    if (!found) throw notFound(`Secret Version [${name}/versions/${version}] not found.`);
    response.json({
      name: `${name}/versions/${found.version}`,
      createTime: new Date(state.startMs - SECRET_AGE_MS).toISOString(),
      state: found.state,
      replicationStatus: { automatic: {} },
      etag: `"${Buffer.from(`${name}/${found.version}/${found.state}`).toString('base64url').slice(-12)}"`,
    });
  });
  return router;
}

const SECRET_AGE_MS = 90 * 24 * 3600 * 1000;
