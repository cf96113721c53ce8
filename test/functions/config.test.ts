import { afterEach, expect, it, vi } from 'vitest';
import { publishAt, readConfig } from '../../functions/config.ts';

afterEach(() => vi.unstubAllEnvs());

it('publishes where the runner of this machine says, and leaves the environment as it is', () => {
  vi.stubEnv('RUNMEDIC_PUBSUB_ENDPOINT', 'https://pubsub.example.test');
  const endpoint = () => readConfig('patrol').config.settings.RUNMEDIC_PUBSUB_ENDPOINT;
  expect(endpoint()).toBe('https://pubsub.example.test');
  publishAt('http://127.0.0.1:4711');
  expect(endpoint()).toBe('http://127.0.0.1:4711');
  expect(process.env['RUNMEDIC_PUBSUB_ENDPOINT']).toBe('https://pubsub.example.test');
});
