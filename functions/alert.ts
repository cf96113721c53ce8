import { receiveAlert } from '../shared/engine/receive-alert.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { onMessage } from './handling.ts';
import { domainClock, logOf, shellOf } from './wire.ts';

// A Monitoring notification (Pub/Sub) -> an incident opened or joined. Touches store and queue; no rights on what is watched.
const config = configWithPolicy('alert');
const log = logOf(config);
const shell = { ...shellOf(config), clock: domainClock(config) };

onMessage('alert', async ({ data }) => {
  const { verdict, reason, incident } = await receiveAlert(data, shell);
  log.info({ verdict, reason, incident }, 'alert received');
});
