import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, posix, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { newerCalls } from './wx-versions.ts'

/**
 * What WeChat's compilers would refuse or, worse, accept and break at run time:
 * WXML and WXSS by the official wcc and wcsc, imports that leave the packed folder, pages and components that are
 * not there, functions that the oldest supported base library has not, and a packed version that still carries the
 * develop-only sandbox.
 */

const sandboxFile = 'platform/develop-sandbox.ts'

/** What only that file may name. */
const sandboxTraces = ['/_sandbox', '127.0.0.1:4010']

interface ProjectConfig {
  miniprogramRoot: string
  packOptions: { ignore: { type: string; value: string }[] }
  condition: { miniprogram: { list: { name: string; pathName: string }[] } }
}

interface AppConfig {
  pages: string[]
}

interface ComponentConfig {
  usingComponents?: Record<string, string>
}

interface Project {
  root: string
  config: ProjectConfig
  app: AppConfig
  /** Every file below root, with forward slashes. */
  files: string[]
}

/** Faults of the mini-program below `directory`, one sentence each, each beginning with the file it is in. */
export function lintMiniprogram(directory: string): string[] {
  const project = readProject(directory)
  return [
    ...pageFaults(project),
    ...importFaults(project),
    ...packFaults(project),
    ...versionFaults(project),
    ...templateFaults(project),
    ...styleFaults(project),
  ]
}

function readProject(directory: string): Project {
  const config = readJson<ProjectConfig>(join(directory, 'project.config.json'))
  const root = resolve(directory, config.miniprogramRoot)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(root, file)).isFile())
    .map((file) => file.split(sep).join('/'))
    .sort()
  return { root, config, app: readJson<AppConfig>(join(root, 'app.json')), files }
}

/** The files that preview and upload send to WeChat. */
function packedFiles({ files, config }: Project): string[] {
  const ignored = new Set(config.packOptions.ignore.map(({ value }) => value))
  return files.filter((file) => !ignored.has(file))
}

function pageFaults({ config, app, files }: Project): string[] {
  const faults: string[] = []
  for (const page of app.pages)
    for (const ending of ['ts', 'wxml', 'json'])
      if (!files.includes(`${page}.${ending}`))
        faults.push(`app.json: the page ${page} has no ${ending} file`)
  for (const { name, pathName } of config.condition.miniprogram.list)
    if (!app.pages.includes(pathName))
      faults.push(`project.config.json: compile mode "${name}" opens ${pathName}, which is no page`)
  return faults
}

/** DevTools compiles each file alone and packs one folder: a value from outside it compiles, and fails on the phone. */
function importFaults({ root, files }: Project): string[] {
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      valueImports(join(root, file)).flatMap((specifier) => {
        const at = `${file}: the import of '${specifier}'`
        if (!specifier.startsWith('.')) return [`${at} is a package, and nothing here is packed by npm`]
        const target = posix.join(posix.dirname(file), specifier)
        if (target.startsWith('..')) return [`${at} leaves miniprogramRoot: only \`import type\` may`]
        return files.includes(`${target}.ts`) ? [] : [`${at} finds no ${target}.ts`]
      }),
    )
}

/** Specifiers of every import, export and require whose value is needed at run time. */
function valueImports(path: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const isTypeOnly =
      (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(node) && node.isTypeOnly)
    if (isTypeOnly) return
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) note(node.moduleSpecifier)
    if (ts.isCallExpression(node) && isLoader(node.expression)) note(node.arguments[0])
    ts.forEachChild(node, visit)
  }
  const note = (specifier: ts.Expression | undefined): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text)
  }
  const isLoader = (callee: ts.Expression): boolean =>
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))
  return found
}

/** A function that is missing throws before the page has asked for anything. */
function versionFaults({ root, files }: Project): string[] {
  const minimum = /minimumBaseLibrary = '([\d.]+)'/.exec(
    readFileSync(join(root, 'platform/base-library.ts'), 'utf8'),
  )?.[1]
  if (!minimum) return ['platform/base-library.ts: names no minimumBaseLibrary']
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      newerCalls(readFileSync(join(root, file), 'utf8'), minimum).map(
        (call) =>
          `${file}: ${call} is newer than base library ${minimum}; take it out of wx as a part that may be missing, as platform/base-library.ts does`,
      ),
    )
}

function packFaults(project: Project): string[] {
  const { root, config, files } = project
  const faults: string[] = []
  for (const { type, value } of config.packOptions.ignore)
    if (type !== 'file' || !files.includes(value))
      faults.push(
        `project.config.json: packOptions.ignore names "${value}", which is no file of the mini-program`,
      )
  const packed = packedFiles(project)
  if (packed.includes(sandboxFile))
    faults.push(`${sandboxFile}: would be uploaded; name it in packOptions.ignore of project.config.json`)
  for (const file of packed) {
    const content = readFileSync(join(root, file), 'utf8')
    for (const trace of sandboxTraces)
      if (content.includes(trace))
        faults.push(`${file}: names the sandbox (${trace}); only ${sandboxFile} may`)
    if (/tsconfig|\.d\.ts$|\.md$/.test(file)) faults.push(`${file}: would be uploaded and is of no use there`)
  }
  return faults
}

function templateFaults(project: Project): string[] {
  const pages = project.files.filter((file) => file.endsWith('.wxml'))
  const scripts = project.files.filter((file) => file.endsWith('.wxs'))
  const components: string[] = []
  const faults: string[] = []
  for (const page of pages) {
    const configFile = page.replace(/wxml$/, 'json')
    const { usingComponents = {} } = readJson<ComponentConfig>(join(project.root, configFile))
    for (const path of Object.values(usingComponents)) {
      const target = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path)
      if (!project.files.includes(`${target}.wxml`))
        faults.push(`${configFile}: there is no component at ${path}`)
    }
    const names = Object.keys(usingComponents)
    components.push(page, String(names.length), ...names)
  }
  const options = ['-d', '-cc', [pages.length, ...components].join(' '), ...pages, ...scripts, '-gn', '$gwx']
  return [...faults, ...compile('wcc', options, project.root)]
}

function styleFaults({ root, files }: Project): string[] {
  const styles = files.filter((file) => file.endsWith('.wxss'))
  return compile('wcsc', ['-db', '-pc', String(styles.length), ...styles], root)
}

/** Runs one of WeChat's compilers. They exist for x86-64 only; on other machines the answer is that nothing was checked. */
function compile(name: 'wcc' | 'wcsc', options: string[], cwd: string): string[] {
  const path = compilerPath(name)
  if (!path) return []
  const { status, error, stderr, stdout } = spawnSync(path, options, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  if (error) return [`${name}: could not be run (${error.message})`]
  if (status === 0) return []
  return [(stderr || stdout).trim() || `${name}: ended with ${status}`]
}

function compilerPath(name: string): string | null {
  const folder = { linux: 'linux', darwin: 'mac', win32: 'windows' }[process.platform as string]
  if (!folder || (process.arch !== 'x64' && process.platform !== 'darwin')) return null
  const bin = join(dirname(fileURLToPath(import.meta.resolve('miniprogram-compiler'))), 'bin', folder)
  const path = join(bin, folder === 'windows' ? `${name}.exe` : name)
  if (!existsSync(path)) return null
  if (folder !== 'windows') chmodSync(path, 0o755)
  return path
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = fileURLToPath(new URL('..', import.meta.url))
  const faults = lintMiniprogram(directory)
  for (const fault of faults) console.error(fault)
  if (!compilerPath('wcc'))
    console.warn('WXML and WXSS were not compiled: WeChat ships wcc and wcsc for x86-64 only.')
  if (faults.length > 0) process.exitCode = 1
  else console.log(`mini-program: ${readProject(directory).files.length} files, no fault`)
}
