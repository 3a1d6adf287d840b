// ES modules throughout: `npm run jest` starts it with --experimental-vm-modules. Sources are imported with
// their .ts extension, as TypeScript, Vite and esbuild read them too.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/wasm-tests', '<rootDir>/web'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: ['<rootDir>/wasm-tests/helpers/setup.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // A test that hangs, and not one on a slow or busy machine.
  testTimeout: 300_000,
  maxWorkers: 2,
  // npm run coverage:ts. Counts code that runs inside Jest; the built command line and the page run outside.
  coverageProvider: 'v8',
  coverageDirectory: 'build/coverage/ts',
  coverageReporters: ['text-summary', 'html'],
  collectCoverageFrom: ['web/{engine,worker,cli}/**/*.ts'],
};
