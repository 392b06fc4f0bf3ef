import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  {
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      // One program for the whole repository: quicker than finding a project for each file.
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Hot loops over typed arrays use `!` where the bound is visible.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An async function may have nothing to await when an interface asks for a promise.
      '@typescript-eslint/require-await': 'off',
      // The type checker knows undefined names better, in JavaScript too (checkJs).
      'no-undef': 'off',
    },
  },
  {
    // The library returns data: nothing below cli/ prints or exits.
    files: ['index.ts', '{models,properties,checker,counterexamples}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        ...['exit', 'exitCode', 'stdout', 'stderr', 'stdin'].map((property) => ({
          object: 'process',
          property,
          message: 'Only cli/ prints and exits; return data, or take what you need as an argument.',
        })),
      ],
    },
  },
  {
    // JSDoc gives foreign data its type here, which these rules do not count as a conversion.
    files: ['**/*.js', '**/*.cjs'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
