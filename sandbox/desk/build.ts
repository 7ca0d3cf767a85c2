import { join, resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

const browserDir = join(import.meta.dirname, 'browser')

/**
 * Builds the desk: one page, served at / by the sandbox.
 * @param outDir by default dist/desk of this repository
 */
export async function buildDesk(outDir = resolve(import.meta.dirname, '../../dist/desk')): Promise<void> {
  await build({
    configFile: false,
    root: browserDir,
    base: '/_desk/',
    logLevel: 'warn',
    plugins: [vue()],
    define: {
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    build: { outDir, emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
  })
}
