import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest begins first, so that at the end no worker waits for another. */
const LONGEST = ['engine/property', 'e2e/headless', 'e2e/commands', 'e2e/page', 'engine/carry-out', 'sandbox/page'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Machines are shared and noisy: a limit here only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than the smallest machine has cores: the long ones wait for sockets and other processes half of the time.
    maxWorkers: 3,
    // No test leaves anything behind in its worker; a new one for each file would cost more than most files do.
    isolate: false,
    sequence: { sequencer: LongestFirst },
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
