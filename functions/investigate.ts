import { parseEffect } from '../shared/engine/advance.ts';
import { investigate } from '../shared/engine/investigate.ts';
import { verify } from '../shared/engine/verify.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { onMessage } from './handling.ts';
import { textOf } from './message.ts';
import { investigationShell, invocation, logOf } from './wire.ts';

// Gathers evidence, diagnoses, plans; verifies after a change. Read-only rights on Google Cloud, and the key that signs plans.
const config = configWithPolicy('investigate');
const log = logOf(config);
const shell = investigationShell(config);

onMessage('investigate', async ({ data }) => {
  const effect = parseEffect(textOf(data));
  const startedMs = performance.now();
  if (effect.type === 'investigate') await investigate(effect, await shell, invocation());
  if (effect.type === 'verify') await verify(effect, await shell, invocation());
  log.info(
    { effect: effect.type, incident: effect.incident, durationMs: performance.now() - startedMs },
    'effect carried out',
  );
});
