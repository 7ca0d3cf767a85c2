import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { build, type InlineConfig } from 'vite'
import { compileScripts } from './compile/script.ts'
import { readSource, type Source } from './compile/source.ts'
import { compileWxml } from './compile/wxml.ts'
import { compileWxss } from './compile/wxss.ts'

const repository = resolve(import.meta.dirname, '../..')
const browserDir = join(import.meta.dirname, 'browser')

/** Files that a mini-program shows as they are. */
const ASSETS = new Set(['.png', '.jpg', '.jpeg', '.gif', '.svg', '.webp'])

/**
 * Builds the phone: its page, the bridge for web-views, and the mini-program as one module.
 * @param paths directories; by default miniprogram/ and dist/phone of this repository
 * @throws Error naming file, line and column of each fault in the mini-program
 */
export async function buildPhone(paths: { miniprogramDir?: string; outDir?: string } = {}): Promise<void> {
  const miniprogramDir = paths.miniprogramDir ?? join(repository, 'miniprogram')
  const outDir = paths.outDir ?? join(repository, 'dist/phone')
  // Compiled first: a fault in the mini-program leaves the last good build in place.
  const program = compileProgram(miniprogramDir)
  rmSync(outDir, { recursive: true, force: true })
  mkdirSync(outDir, { recursive: true })
  writeFileSync(join(outDir, 'program.js'), program)
  copyAssets(miniprogramDir, join(outDir, 'assets'))
  await build(bridgeConfig(outDir))
  await build(shellConfig(outDir))
}

/**
 * @param miniprogramDir the unmodified source of a mini-program
 * @returns an ES module whose exports are a Program
 */
export function compileProgram(miniprogramDir: string): string {
  const source: Source = readSource(miniprogramDir)
  return [
    `export const app = ${JSON.stringify(source.app)}`,
    `export const theme = ${JSON.stringify(source.theme)}`,
    `export const components = ${JSON.stringify(source.components)}`,
    `export const css = ${JSON.stringify(compileWxss(source))}`,
    `export const templates = ${compileWxml(source)}`,
    `export const modules = ${compileScripts(source)}`,
    '',
  ].join('\n')
}

function copyAssets(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !ASSETS.has(extname(entry.name))) continue
    const file = join(entry.parentPath, entry.name)
    const target = join(to, relative(from, file))
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(file, target)
  }
}

function shared(outDir: string): InlineConfig {
  return {
    configFile: false,
    root: browserDir,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: false, target: 'es2022' },
  }
}

function shellConfig(outDir: string): InlineConfig {
  const config = shared(outDir)
  return {
    ...config,
    base: '/_phone/',
    build: { ...config.build, assetsDir: 'shell', modulePreload: { polyfill: false } },
  }
}

/** The bridge stands inside foreign pages: one plain script, ASCII, no globals. */
function bridgeConfig(outDir: string): InlineConfig {
  const config = shared(outDir)
  const entry = join(browserDir, 'bridge/main.ts')
  return {
    ...config,
    build: {
      ...config.build,
      lib: { entry, formats: ['iife'], name: 'phoneBridge', fileName: () => 'bridge.js' },
    },
  }
}
