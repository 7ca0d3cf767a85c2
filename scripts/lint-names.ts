// Finds names that say nothing, in files and in what we declare: a `helper` can be anything, so everything ends up in it.
import { readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import ts from 'typescript'
import { repository } from './data-folder.ts'
import { sourceFiles } from './source-files.ts'

const BANNED = ['util', 'helper', 'manager', 'data', 'info', 'process', 'common', 'misc']

/** The last word carries a name's meaning: `dataDir` is a directory, `orderData` is anything about an order. */
function isBanned(name: string): boolean {
  const lastWord = name
    .split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/)
    .filter(Boolean)
    .at(-1)
    ?.toLowerCase()
  return BANNED.includes(lastWord?.replace(/s$/, '') ?? '') || BANNED.includes(lastWord ?? '')
}

/** A .vue file's script, with the lines above it blanked so that line numbers stay right. */
function scriptOf(path: string, text: string): string {
  if (extname(path) !== '.vue') return text
  const open = /<script[^>]*>/.exec(text)
  if (!open) return ''
  const start = open.index + open[0].length
  return text.slice(0, start).replace(/[^\n]/g, ' ') + text.slice(start, text.indexOf('</script>', start))
}

/** Names that somebody else chose are not ours: keys of objects and types, and what is taken out of them unchanged. */
function declaredName(node: ts.Node): ts.Identifier | undefined {
  const isOurs =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    (ts.isBindingElement(node) && node.propertyName !== undefined)
  return isOurs && node.name && ts.isIdentifier(node.name) ? node.name : undefined
}

function faultsOf(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    scriptOf(path, readFileSync(join(repository, path), 'utf8')),
    ts.ScriptTarget.Latest,
  )
  const faults = isBanned(basename(path).split('.')[0]!) ? [`${path}: the file's name`] : []
  const visit = (node: ts.Node): void => {
    const name = declaredName(node)
    if (name && isBanned(name.text)) {
      const { line } = source.getLineAndCharacterOfPosition(name.getStart(source))
      faults.push(`${path}:${line + 1}: ${name.text}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return faults
}

const faults = sourceFiles('ts', 'vue', 'mjs').flatMap(faultsOf)
for (const fault of faults) console.error(fault)
if (faults.length > 0) {
  console.error(`Say what it is; a name that ends in one of these says nothing: ${BANNED.join(' ')}.`)
  process.exitCode = 1
}
