import type { Program } from '../../program.ts'

/** What a module is given besides require, module and exports: the values of compile/script.ts's parameters. */
export type ModuleGlobals = readonly unknown[]

/**
 * The modules of one running copy of the mini-program: each phone evaluates its own, so that two phones in one
 * window share no variable.
 * @param globalsOf the globals for the module at that path
 * @returns runs the module at a path once and answers its exports
 */
export function createModules(
  program: Program,
  globalsOf: (path: string) => ModuleGlobals,
): (path: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>()
  const load = (path: string): unknown => {
    const known = loaded.get(path)
    if (known !== undefined) return known.exports
    const factory = program.modules[path]
    if (factory === undefined) throw new Error(`module '${path}.js' is not defined`)
    const module = { exports: {} as unknown }
    // Entered before it runs: modules that require each other see what is exported so far, as in CommonJS.
    loaded.set(path, module)
    const require = (request: string): unknown => {
      const target = resolve(program, path, request)
      if (target === null) throw new Error(`module '${request}' is not defined, required by '${path}.js'`)
      return load(target)
    }
    factory(require, module, module.exports, ...globalsOf(path))
    return module.exports
  }
  return load
}

function resolve(program: Program, from: string, request: string): string | null {
  const path = new URL(request.replace(/\.[jt]s$/, ''), `http://app/${from}`).pathname.slice(1)
  return [path, `${path}/index`].find((candidate) => candidate in program.modules) ?? null
}
