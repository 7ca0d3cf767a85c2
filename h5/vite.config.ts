import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'

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
    },
  },
})
