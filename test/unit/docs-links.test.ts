import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../..')
const inDocs = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => join('docs', path))
const pages = ['README.md', 'README.en.md', 'AGENTS.md', ...inDocs]

/** Every link and picture of a page that stays in this repository, without its fragment. */
function localLinks(page: string): string[] {
  const text = readFileSync(join(repository, page), 'utf8').replaceAll(/^```[^]*?^```$/gm, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}

/** Paths in back quotes that claim to be files of ours, e.g. `server/app.ts`. */
function namedFiles(page: string): string[] {
  const text = readFileSync(join(repository, page), 'utf8')
  const ours = /`((?:server|sandbox|h5|miniprogram|contract|scripts|test|bench|docs)\/[\w./-]+\.\w+)`/g
  return [...text.matchAll(ours)].map(([, path = '']) => path)
}

describe.each(pages)('%s', (page) => {
  test('leads to nothing that is not there', () => {
    const broken = localLinks(page).filter((target) => !existsSync(join(repository, dirname(page), target)))
    expect(broken).toEqual([])
  })

  test('names no file that is not there', () => {
    expect(namedFiles(page).filter((path) => !existsSync(join(repository, path)))).toEqual([])
  })
})

/** What a page's tables have rows about, by names that no translation changes, and its blocks of code. */
function rowsAndBlocks(page: string): string[] {
  const text = readFileSync(join(repository, page), 'utf8')
  const rows = [...text.matchAll(/^\| ([^|]+?) +\|/gm)].map(([, row = '']) => row)
  // The example of a scenario has comments, which are translated.
  const blocks = text.split(/^```/m).filter((block, index) => index % 2 === 1 && !block.startsWith('yaml'))
  return [...rows.filter((row) => /^[A-Z`\d]|\w[-.]\w/.test(row)), ...blocks]
}

test('the manual of the sandbox says the same in both languages', () => {
  expect(rowsAndBlocks('docs/sandbox.zh.md')).toEqual(rowsAndBlocks('docs/sandbox.md'))
})

test('AGENTS.md keeps to 120 lines', () => {
  expect(readFileSync(join(repository, 'AGENTS.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(121)
})
