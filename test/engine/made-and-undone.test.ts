import { expect, it } from 'vitest';
import { type ActionName, anyAction } from '../../shared/remedy/actions.ts';
import { googleInSandbox } from '../adapters/google/google-in-sandbox.ts';
import { unhurried } from '../builders/ports.ts';
import { BACKEND } from '../builders/remedies.ts';

const MADE_SECONDS = 120;
const probe = {
  kind: 'http',
  path: '/health',
  port: 8080,
  initialDelaySeconds: 0,
  periodSeconds: 5,
  timeoutSeconds: 5,
  failureThreshold: 48,
};

/** Each with what it sets; all else of its settings stays as it was read. */
it.each<[ActionName, object]>([
  ['raise-memory', { cpu: 1, memoryMib: 2048 }],
  ['raise-cpu', { cpu: 4, memoryMib: 2048 }],
  ['set-concurrency', { concurrency: 40, instancesMax: 50 }],
  ['extend-request-timeout', { timeoutSeconds: 3600 }],
  ['extend-startup-probe', { startupProbe: probe }],
  ['raise-instance-ceiling', { instancesMax: 50 }],
  ['set-minimum-instances', { instancesMin: 3 }],
])('%s stands as it was written, and as before once it is undone, with the image that ran', async (name, set) => {
  const { world, reader, writer, afterSeconds } = await googleInSandbox('healthy');
  const action = anyAction(name);
  const standing = () => action.read(BACKEND, reader, unhurried);
  const running = async () => (await reader.revisions(BACKEND, unhurried))[0]?.template.containers[0]?.image;
  // As a pipeline deploys: by tag. What that names by now, nobody knows.
  const template = world.state.services.get('backend')?.spec.template;
  const [container] = (template?.['containers'] ?? []) as [{ image: string }];
  container.image = container.image.replace(/@sha256:.*/, ':latest');

  const ran = await running();
  expect(ran).toContain('@sha256:');
  const { settings: before, etag } = await standing();
  const after = { ...(before as object), ...set };
  expect(after).not.toEqual(before);
  await action.write({ target: BACKEND, etag, before, after }, writer, unhurried);
  afterSeconds(MADE_SECONDS);
  const made = await standing();
  expect(made).toMatchObject({ settings: after, settled: true });

  await action.write({ target: BACKEND, etag: made.etag, before: after, after: before }, writer, unhurried);
  afterSeconds(2 * MADE_SECONDS);
  expect(await standing()).toMatchObject({ settings: before, settled: true });
  expect(await running()).toBe(ran);
});
