import { afterEach, expect, it, vi } from 'vitest';
import { probeAt, publishAt, readConfig } from '../../functions/config.ts';

afterEach(() => vi.unstubAllEnvs());

it('publishes and probes where the runner of this machine says, and leaves the environment as it is', () => {
  const environment = {
    RUNMEDIC_PUBSUB_ENDPOINT: 'https://pubsub.example.test',
    RUNMEDIC_PROBE_ENDPOINT: 'https://probe.example.test',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const endpoints = () => readConfig('patrol').config.settings;
  expect(endpoints()).toMatchObject(environment);
  publishAt('http://127.0.0.1:4711');
  probeAt('http://127.0.0.1:4712');
  expect(endpoints()).toMatchObject({
    RUNMEDIC_PUBSUB_ENDPOINT: 'http://127.0.0.1:4711',
    RUNMEDIC_PROBE_ENDPOINT: 'http://127.0.0.1:4712',
  });
  expect(process.env).toMatchObject(environment);
});
