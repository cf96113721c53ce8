import express from 'express';
import type { WorldTime } from './time.ts';

/** Spaces sent while somebody sleeps, so that no client gives up on a silent connection: JSON may begin with them. */
const KEEP_ALIVE_MS = 20_000;

export interface TimeRoutes {
  readonly router: express.Router;
  /** Callers that wait for a moment of the world's time. */
  sleepers(): number;
}

/** `GET /time` and `GET /time/sleep?until=ISO`, which answers once the world has reached that moment. */
export function timeRoutes(time: WorldTime): TimeRoutes {
  const router = express.Router();
  let sleepers = 0;
  const body = (): string => JSON.stringify({ now: new Date(time.nowMs()).toISOString(), speed: time.speed });

  router.get('/time', (_request, response) => void response.type('json').send(body()));

  router.get('/time/sleep', (request, response) => {
    const untilMs = Date.parse(String(request.query['until']));
    if (Number.isNaN(untilMs)) {
      const error = `until=${String(request.query['until'])} is no moment; an ISO 8601 time is`;
      return void response.status(400).json({ error });
    }
    response.type('json').flushHeaders();
    sleepers += 1;
    const keepAlive = setInterval(() => response.write(' '), KEEP_ALIVE_MS);
    const forget = time.at(untilMs, () => {
      leave();
      response.end(body());
    });
    let waits = true;
    const leave = (): void => {
      if (!waits) return;
      waits = false;
      sleepers -= 1;
      clearInterval(keepAlive);
      forget();
    };
    response.on('close', leave);
  });

  return { router, sleepers: () => sleepers };
}
