import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'

/** How many attacks of each kind there are: N1 to N25, M1 to M12, … */
const kinds = { N: 25, M: 12, A: 8, L: 16, W: 14, R: 8, S: 14 }
/** Attacks on delivery addresses, which came later and are counted apart. */
const personalKinds = { P: 6 }
const idsOf = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, n) => `${kind}${n + 1}`),
  )
const ids = [...idsOf(kinds), ...idsOf(personalKinds)]

interface Entry {
  attack: string
  defences: string[]
  tests: { file: string; title: string }[]
}

/** The entries of the page, by id. */
function readEntries(): Map<string, Entry> {
  const page = readFileSync(join(repository, 'docs/threats.md'), 'utf8')
  const lines = page.matchAll(/^- \*\*([A-Z]\d+)\*\* (.+) Defence: (.+) Test: (.+)\.$/gm)
  return new Map(
    [...lines].map(([, id = '', attack = '', defence = '', tests = '']) => [
      id,
      {
        attack,
        defences: [
          ...defence.matchAll(/`([\w./-]+\/[\w./-]+|package\.json|\.dependency-cruiser\.cjs)`/g),
        ].map(([, path = '']) => path),
        tests: [...tests.matchAll(/`(test\/[\w./-]+)` “([^”]+)”/g)].map(([, file = '', title = '']) => ({
          file,
          title,
        })),
      },
    ]),
  )
}

const entries = readEntries()

/** The titles of tests and groups that a file of tests states, each as it stands between its quotes. */
function titlesOf(file: string): Set<string> {
  const text = readFileSync(join(repository, file), 'utf8')
  const stated = /(?:\b(?:test|describe)\(|\]\)\(|\)\()\s*(['"`])(.+?)\1,/g
  return new Set([...text.matchAll(stated)].map(([, , title = '']) => title))
}

test('the page has every attack, each once and in order', () => {
  expect(idsOf(kinds)).toHaveLength(97)
  expect([...entries.keys()]).toEqual(ids)
})

test.each(ids)('%s names files that defend and tests that are there', (id) => {
  const { attack, defences, tests } = entries.get(id)!
  expect(attack.length).toBeGreaterThan(20)
  expect(defences).not.toEqual([])
  expect(defences.filter((path) => !existsSync(join(repository, path)))).toEqual([])
  expect(tests).not.toEqual([])
  for (const { file, title } of tests) {
    expect(file).toSatisfy((path: string) => existsSync(join(repository, path)))
    expect([...titlesOf(file)], `${file} has no test of this title`).toContain(title)
  }
})
