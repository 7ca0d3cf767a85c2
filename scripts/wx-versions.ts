import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'

/** WeChat's own typings, which say since which base library each function exists. */
const typings = 'miniprogram-api-typings/types/wx/lib.wx.api.d.ts'

/** Functions of wx by the base library that brought them, e.g. getAppBaseInfo → "2.20.1". Older ones name none. */
function functionVersions(): Map<string, string> {
  const packageFile = createRequire(import.meta.url).resolve('miniprogram-api-typings/package.json')
  const path = join(packageFile, '../..', typings)
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const versions = new Map<string, string>()
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === 'Wx')
      for (const member of node.members) {
        const version = /需要基础库： `([\d.]+)`/.exec(member.getFullText())?.[1]
        if (version && member.name && ts.isIdentifier(member.name)) versions.set(member.name.text, version)
      }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return versions
}

/**
 * Calls of wx.… in a source that the oldest supported base library has not, as "wx.getAppBaseInfo (2.20.1)". What is taken
 * out of wx as a part that may be missing is no such call.
 */
export function newerCalls(source: string, minimum: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'wx') {
      const version = known().get(node.name.text)
      if (version && isNewer(version, minimum)) found.push(`wx.${node.name.text} (${version})`)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true))
  return found
}

let versions: Map<string, string> | undefined
const known = () => (versions ??= functionVersions())

const isNewer = (version: string, than: string) => version.localeCompare(than, 'en', { numeric: true }) > 0
