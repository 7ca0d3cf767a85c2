import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'
import { sourceFiles } from '../../scripts/source-files.ts'

/** Longer than any header (16 kB), body (16 kB) or notification (64 kB) that reaches one of our patterns. */
const length = 100_000
/** For all texts of a pattern: a linear one takes milliseconds, an exponential one never ends, a quadratic one takes minutes. */
const withinMs = 1_000

/** Every regular expression that code on the server or on a page's way to it states. */
function patterns(): { at: string; pattern: RegExp }[] {
  const files = sourceFiles('ts').filter((path) =>
    /^(server|contract|h5\/(entry|payment|enter|api))\//.test(path),
  )
  return files.flatMap((path) => {
    const source = ts.createSourceFile(
      path,
      readFileSync(join(repository, path), 'utf8'),
      ts.ScriptTarget.Latest,
    )
    const found: { at: string; pattern: RegExp }[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, body = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text)!
        found.push({ at: `${path} ${node.text}`, pattern: new RegExp(body, flags.replace('g', '')) })
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

/** Long texts that fail late: what the pattern itself is written of, again and again, and an end that fits nothing. */
function attacks(pattern: RegExp): string[] {
  const own = [...new Set(pattern.source.match(/[\w =/:.,;@-]/g) ?? [])]
  const literals = pattern.source.match(/[A-Za-z]{2,}/g) ?? []
  return [...own, ...literals, 'a', '0', ' ', '\t', '\n', 'a ', '0.', ' ,', '=\u4e2d'].map(
    (piece) => `${piece.repeat(Math.ceil(length / piece.length))}\u0000`,
  )
}

/** Whether a pattern answers each of these texts in time; one that does not is interrupted. */
function isLinear(pattern: RegExp): boolean {
  const context = createContext({ pattern, texts: attacks(pattern) })
  try {
    runInContext('for (const text of texts) pattern.test(text)', context, { timeout: withinMs })
    return true
  } catch {
    return false
  }
}

test('no pattern that a request reaches takes more than linear time', () => {
  const all = patterns()
  expect(all.length).toBeGreaterThan(40)
  expect(all.filter(({ pattern }) => !isLinear(pattern)).map(({ at }) => at)).toEqual([])
})

test('a pattern that takes exponential time would be found', () => {
  expect(isLinear(/^(\w+\s?)+$/)).toBe(false)
})
