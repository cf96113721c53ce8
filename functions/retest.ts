import { parseEffect } from '../shared/engine/advance.ts';
import { retest } from '../shared/engine/retest.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { onMessage } from './handling.ts';
import { textOf } from './message.ts';
import { invocation, logOf } from './wire.ts';
import { retestShell } from './wire-retest.ts';

// Starts the end-to-end tests of what is resolved, and follows them. Holds what that takes, and no right on what is watched.
const config = configWithPolicy('retest');
const log = logOf(config);
const shell = retestShell(config);

onMessage('retest', async ({ data }) => {
  const effect = parseEffect(textOf(data));
  const startedMs = performance.now();
  if (effect.type === 'retest') await retest(effect, await shell, invocation());
  log.info(
    { effect: effect.type, incident: effect.incident, durationMs: performance.now() - startedMs },
    'effect carried out',
  );
});
