import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const typed = ['web/**/*.ts', 'web/**/*.svelte', 'wasm-tests/**/*.ts', 'vite.config.ts'];

export default ts.config(
  {
    ignores: [
      'node_modules/',
      'build/',
      'public/',
      'web/app/generated/',
      'web/engine/generated/',
      'wasm-tests/fixtures/',
    ],
  },
  js.configs.recommended,
  { files: typed, extends: [ts.configs.recommendedTypeChecked] },
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    files: typed,
    languageOptions: {
      globals: { ...globals.browser, ...globals.node, ...globals.jest },
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Services keep to promises even where one method has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // TypeScript itself knows which names exist.
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['tools/**/*.mjs', 'bin/*.mjs', 'research/**/*.mjs', 'examples/*.mjs', 'web/engine/*.mjs', '*.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: [
      'research/compare/pages/*.js',
      'tools/readers/*.js',
      'research/{autosave,inside,startup,screenshot}/*.mjs',
      'research/lib/training-tab.mjs',
    ],
    languageOptions: { globals: globals.browser },
  },
);
