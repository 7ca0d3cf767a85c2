import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import type { Plugin, Rolldown } from 'vite'

const outDir = join(import.meta.dirname, '../dist/h5')

/** Leaves a .br and a .gz beside everything a browser reads as text, so that the server never compresses. */
function precompress(): Plugin {
  const smallestWorthwhileBytes = 860
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  return {
    name: 'qiaofu-precompress',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
        const path = join(outDir, name)
        if (!/\.(html|js|css|svg|txt)$/.test(name) || statSync(path).size < smallestWorthwhileBytes) continue
        const bytes = readFileSync(path)
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, brotli))
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}

/** WeUI sets its text in px, which ignores a reader's larger root font; rem follows it and is the same at 16 px. */
const fontSizesFollowTheRoot = {
  postcssPlugin: 'qiaofu-font-sizes-follow-the-root',
  Declaration(declaration: { prop: string; value: string }) {
    const px = declaration.prop === 'font-size' ? /^(\d+(?:\.\d+)?)px$/.exec(declaration.value) : null
    if (px && px[1] !== '0') declaration.value = `${Number(px[1]) / 16}rem`
  },
}

/**
 * Puts what the shop imports at once into one chunk, `shell`: gzip finds more repetition in one file than in several. What
 * /enter imports too is the chunk `arrival`, because /enter must not load the whole shop before it spends its ticket.
 */
function chunkOfFirstLoad(moduleId: string, context: Rolldown.ChunkingContext): string | null {
  const needing = new Set([moduleId])
  for (const id of needing)
    for (const importer of context.getModuleInfo(id)?.importers ?? []) needing.add(importer)
  if (!needing.has(join(import.meta.dirname, 'main.ts'))) return null
  return needing.has(join(import.meta.dirname, 'enter/main.ts')) ? 'arrival' : 'shell'
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), precompress()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  css: { postcss: { plugins: [fontSizesFollowTheRoot] } },
  build: {
    outDir,
    emptyOutDir: true,
    // WeChat's web-views lag behind browsers: iOS 13 and the Chromium 79 generation of Android are still met.
    target: ['safari13', 'chrome79'],
    // The page's policy is default-src 'self': nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'index.html'),
        enter: join(import.meta.dirname, 'enter/index.html'),
      },
      output: {
        codeSplitting: {
          groups: [
            { debugName: 'first load', name: chunkOfFirstLoad },
            // What at least three pages share is one file: each file costs the first load its address.
            { name: 'parts', test: /h5\/(?:api|components|composables|i18n|payment)\//, minShareCount: 3 },
          ],
        },
      },
    },
  },
})
