import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { moduleParameters } from './module-parameters.ts'
import type { Source } from './source.ts'

/** WeChat's logic layer has none of these, so a page that touches the DOM fails here as it would on a device. */
const absentGlobals =
  'window document self frames location history navigator localStorage sessionStorage fetch XMLHttpRequest alert confirm prompt parent top postMessage'

/**
 * Compiles every .ts and .js of the mini-program to CommonJS.
 * @returns a JavaScript expression: path without suffix → factory
 * @throws Error listing each syntax fault as file:line:column
 */
export function compileScripts(source: Source): string {
  const parameters = [...moduleParameters, ...absentGlobals.split(' ')].join(', ')
  const faults: string[] = []
  const factories = scriptFiles(source.dir).map((file) => {
    const compiled = ts.transpileModule(source.read(file), {
      fileName: `miniprogram/${file}`,
      reportDiagnostics: true,
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
        isolatedModules: true,
      },
    })
    faults.push(...(compiled.diagnostics ?? []).map((one) => describeFault(file, one)))
    return `${JSON.stringify(file.replace(/\.[jt]s$/, ''))}: function (${parameters}) {\n${compiled.outputText}\n}`
  })
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return `{${factories.join(',\n')}}`
}

function scriptFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.[jt]s$/.test(entry.name))
    .map((entry) =>
      posix.join(...join(entry.parentPath, entry.name).slice(dir.length).split(/[\\/]/).filter(Boolean)),
    )
    .sort()
}

function describeFault(file: string, fault: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(fault.messageText, ' ')
  if (fault.file === undefined || fault.start === undefined) return `miniprogram/${file} ${text}`
  const { line, character } = fault.file.getLineAndCharacterOfPosition(fault.start)
  return `miniprogram/${file}:${line + 1}:${character + 1} ${text}`
}
