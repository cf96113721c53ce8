import { defineConfig } from 'vitest/config';

// What a mutation of a rule or of an inspector must be noticed by: its own tables. A corpus that happens to notice it is no table.
export default defineConfig({
  test: { include: ['test/{diagnosis,evidence}/**/*.test.ts'], testTimeout: 20_000, retry: 0 },
});
