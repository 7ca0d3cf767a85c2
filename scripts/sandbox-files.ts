// node scripts/sandbox-files.ts DIR: copies what the sandbox alone needs into DIR. sandbox/Dockerfile makes its image of it.
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..')
/** Read at run time, not imported: the scenarios and the built pages of phone and desk. */
const READ = ['package.json', 'LICENSE', 'sandbox/scenarios', 'dist/phone', 'dist/desk']
/** A static import or a re-export, of values: what is only a type is gone before anything runs. */
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm

/** The files that main.ts leads to, and the packages that they name. */
function trace(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = [entry]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue
    files.add(file)
    for (const [, name] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (name!.startsWith('.')) waiting.push(resolve(dirname(file), name!))
      else if (!name!.startsWith('node:')) packages.add(packageOf(name!))
    }
  }
  return { files, packages }
}

/** "@scope/name" or "name" of an import such as "name/part". */
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')

/** The folders of packages and of all that they depend on. A folder brings along what lies inside it. */
function packageFolders(names: Iterable<string>): Set<string> {
  const folders = new Set<string>()
  const visit = (name: string, from: string) => {
    const folder = folderOf(name, from)
    if (folder === undefined || folders.has(folder)) return
    folders.add(folder)
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>
    }
    for (const dependency of Object.keys(dependencies)) visit(dependency, folder)
  }
  for (const name of names) visit(name, repository)
  return folders
}

/** As Node looks: in the nearest node_modules upwards. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; folder.startsWith(repository); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
  }
  return undefined
}

const [given] = process.argv.slice(2)
if (given === undefined) {
  console.error('Where to? node scripts/sandbox-files.ts DIR')
  process.exit(2)
}
const target = resolve(given)
const { files, packages } = trace(join(repository, 'sandbox/main.ts'))
const read = READ.map((path) => join(repository, path)).filter((path) => existsSync(path))
for (const path of [...files, ...packageFolders(packages), ...read]) {
  const copy = join(target, relative(repository, path))
  mkdirSync(dirname(copy), { recursive: true })
  cpSync(path, copy, { recursive: true })
}
console.log(`${files.size} files and ${packages.size} packages: ${[...packages].toSorted().join(', ')}`)
