import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import vue from '@vitejs/plugin-vue'

const postgres = './test/support/postgres.ts'
const pages = './test/support/pages.ts'

/** One project a folder of test/. Those that meet a database or a browser get the set-up for it, once a run. */
function project(
  name: string,
  test: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include: [`test/${name}/**/*.test.ts`], ...test } }
}

export default defineConfig({
  plugins: [vue()],
  test: {
    // The machines that this is made for have two cores.
    maxWorkers: 2,
    // No test is judged by its speed: the limit only ends one that hangs, also where much else runs beside it.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['miniprogram/**/*.ts'], reporter: ['text'] },
    projects: [
      project('unit', {}),
      // The server and the sandbox are loaded once a worker, not once a file.
      project('integration', { globalSetup: [pages, postgres], isolate: false }),
      project('simulate', { environment: 'jsdom' }),
      project('conformance', { globalSetup: postgres, isolate: false }),
      project('model', { globalSetup: postgres, testTimeout: 600_000 }),
      // Hours of business time in one test.
      project('chaos', { globalSetup: postgres, testTimeout: 600_000, hookTimeout: 600_000 }),
      project('e2e', { globalSetup: [pages, postgres], isolate: false }),
    ],
  },
})
