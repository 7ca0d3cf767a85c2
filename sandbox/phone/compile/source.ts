import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { AppJson, ComponentSource, ThemeJson } from '../program.ts'

/** A mini-program's source directory. */
export interface Source {
  dir: string
  app: AppJson
  theme: ThemeJson
  components: ComponentSource[]
  read(path: string): string
  exists(path: string): boolean
}

/**
 * Reads app.json and follows pages and usingComponents.
 * @throws Error naming the file that is missing or is not JSON
 */
export function readSource(dir: string): Source {
  const read = (path: string): string => {
    try {
      return readFileSync(join(dir, path), 'utf8')
    } catch {
      throw new Error(`miniprogram/${path} is missing`)
    }
  }
  const readJson = (path: string): unknown => {
    try {
      return JSON.parse(read(path)) as unknown
    } catch (error) {
      if (error instanceof SyntaxError) throw new Error(`miniprogram/${path}: ${error.message}`)
      throw error
    }
  }
  const app = readJson('app.json') as AppJson
  const found = new Map<string, ComponentSource>()
  const visit = (path: string, isPage: boolean): void => {
    if (found.has(path)) return
    const own = readJson(`${path}.json`) as Partial<ComponentSource['json']>
    const isolated = own.component === true && !isPage && own.styleIsolation !== 'shared'
    const usingComponents = { ...app.usingComponents, ...own.usingComponents }
    found.set(path, {
      path,
      isPage,
      json: { ...own, usingComponents },
      styleScope: isolated ? `c${found.size}` : null,
    })
    for (const used of Object.values(usingComponents)) visit(resolveFrom(path, used), false)
  }
  for (const page of app.pages) visit(page, true)
  const theme = app.themeLocation ? (readJson(app.themeLocation) as ThemeJson) : { light: {}, dark: {} }
  return {
    dir,
    app,
    theme,
    components: [...found.values()],
    read,
    exists: (path) => existsSync(join(dir, path)),
  }
}

/** @returns a path of WXML, JSON or require(), relative to the file that names it or to the root with a leading slash */
export function resolveFrom(from: string, named: string): string {
  return named.startsWith('/') ? named.slice(1) : posix.join(posix.dirname(from), named)
}
