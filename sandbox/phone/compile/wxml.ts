import { createRequire } from 'node:module'
import type * as Compiler from 'glass-easel-template-compiler'
import type { Source } from './source.ts'

// The package is CommonJS with its WebAssembly beside it, which an import would not find in every runner.
const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler') as typeof Compiler

/** What the template compiler says of one place; lines and columns from 0. */
interface TemplateParseError {
  level: 'Note' | 'Warn' | 'Error' | 'Fatal'
  path: string
  message: string
  startLine: number
  startColumn: number
}

/**
 * Compiles every WXML with the WXS and templates it uses.
 * @returns a JavaScript expression: path → template
 * @throws Error listing each fault as file:line:column
 */
export function compileWxml(source: Source): string {
  const group = new TmplGroup()
  const done = new Set<string>()
  const faults: string[] = []
  const addScript = (path: string): void => {
    if (done.has(`wxs ${path}`)) return
    done.add(`wxs ${path}`)
    group.addScript(path, source.read(`${path.replace(/\.wxs$/, '')}.wxs`))
  }
  const addTemplate = (path: string): void => {
    if (done.has(path)) return
    done.add(path)
    const reports = group.addTmpl(path, source.read(`${path}.wxml`)) as TemplateParseError[]
    // A warning is what WeChat's own compiler refuses: an end tag that is missing, an else without its if.
    for (const report of reports.filter(({ level }) => level !== 'Note')) {
      faults.push(
        `miniprogram/${report.path}.wxml:${report.startLine + 1}:${report.startColumn + 1} ${report.message}`,
      )
    }
    for (const used of group.getDirectDependencies(path) as string[]) addTemplate(used)
    for (const used of group.getScriptDependencies(path) as string[]) addScript(used)
  }
  try {
    for (const component of source.components) addTemplate(component.path)
    if (faults.length > 0) throw new Error(faults.join('\n'))
    return group.getTmplGenObjectGroups()
  } finally {
    group.free()
  }
}
