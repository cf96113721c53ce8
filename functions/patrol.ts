import { patrol } from '../shared/engine/patrol.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { onCall } from './handling.ts';
import { domainClock, logOf, shellOf } from './wire.ts';

// Cloud Scheduler, every minute: timers that are due, and effects that a crash left undelivered. Touches store and queue.
const config = configWithPolicy('patrol');
const log = logOf(config);
const shell = { ...shellOf(config), clock: domainClock(config) };

onCall('patrol', async (_request, response) => {
  const found = await patrol(shell);
  for (const failure of found.failed) log.error(failure, 'timer could not be handled');
  if (found.due + found.redelivered > 0) log.info({ due: found.due, redelivered: found.redelivered }, 'patrolled');
  response.status(200).json(found);
});
