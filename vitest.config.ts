import process from 'node:process';
import { configDefaults, defineConfig } from 'vitest/config';

/** Where to write a JSON report beside the console's, for scripts that want counts. Unset: no such report. */
const reportFile = process.env['INTERLEAF_TEST_REPORT'];

export default defineConfig({
  test: {
    environment: 'node',
    include: ['**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'dist/**', 'coverage/**'],
    // Law tests run over every registry entry, and end-to-end tests start the built program.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // The checker takes memory in earnest; more workers than this make small machines swap.
    pool: 'forks',
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['{models,properties,checker,counterexamples,cli}/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
    ...(reportFile ? { reporters: ['default', 'json'], outputFile: { json: reportFile } } : {}),
  },
});
