import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Machines are shared and noisy: a limit here only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Real sockets and real processes are in play; one retry would hide a race, so there is none.
    retry: 0,
    env: { METADATA_SERVER_DETECTION: 'none' },
    coverage: {
      provider: 'v8',
      // The pure rooms: whatever they hold is reached by a test.
      include: ['shared/{policy,signal,evidence,diagnosis,remedy,incident,report}/**/*.ts'],
      // What is wholly covered is not listed; registries and files of types hold nothing to cover.
      reporter: [['text', { skipFull: true }]],
    },
  },
});
