import { http } from '@google-cloud/functions-framework';
import { probeRequest } from '../shared/adapters/probe/probe-messages.ts';
import { PlatformFailure } from '../shared/ports/platform-failure.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { logOf } from './wire.ts';
import { probeCallers, probeOf } from './wire-probe.ts';

// Looks from inside the VPC: handshakes and http checks, of its own configuration's targets only, for investigate only. No rights on Google Cloud.
const config = configWithPolicy('probe');
const log = logOf(config);
const probe = probeOf(config);
const admits = probeCallers(config);
/** Less than whoever asks waits for. */
const LOOK_WITHIN_MS = 24_000;

http('probe', async (request, response) => {
  if (!(await admits(request.headers.authorization))) return void response.status(403).json({ error: 'not admitted' });
  const asked = probeRequest.safeParse(request.body);
  if (!asked.success) return void response.status(400).json({ error: 'environment, probe and look are needed' });
  const startedMs = performance.now();
  try {
    const report = await probe.look(asked.data, AbortSignal.timeout(LOOK_WITHIN_MS));
    response.status(200).json(report);
    const looks = report.databases.map(({ database, outcome }) => `${database}: ${outcome}`);
    log.info(
      { ...asked.data, knownGood: report.knownGood.answered, looks, durationMs: performance.now() - startedMs },
      'looked',
    );
  } catch (error) {
    if (!(error instanceof PlatformFailure)) throw error;
    response.status(error.code === 'not-found' ? 404 : 503).json({ error: error.message });
  }
});
