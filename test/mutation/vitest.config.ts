import { defineConfig } from 'vitest/config';

// What a mutation of a rule must be noticed by: the rules' own tables. A corpus that happens to notice it is no table.
export default defineConfig({ test: { include: ['test/diagnosis/**/*.test.ts'], testTimeout: 20_000, retry: 0 } });
