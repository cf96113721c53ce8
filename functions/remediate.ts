import { parseEffect } from '../shared/engine/advance.ts';
import { carryOut } from '../shared/engine/carry-out.ts';
import { configWithPolicy } from './config-with-policy.ts';
import { onMessage } from './handling.ts';
import { textOf } from './message.ts';
import { invocation, logOf, remediationShell } from './wire.ts';

// Carries out approved plans. The only identity that can change anything; it can sign nothing.
const config = configWithPolicy('remediate');
const log = logOf(config);
const shell = remediationShell(config);

onMessage('remediate', async ({ data }) => {
  const effect = parseEffect(textOf(data));
  const startedMs = performance.now();
  if (effect.type === 'carry-out') await carryOut(effect, await shell, invocation());
  log.info(
    { effect: effect.type, incident: effect.incident, durationMs: performance.now() - startedMs },
    'effect carried out',
  );
});
