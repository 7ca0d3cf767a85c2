// Draws docs/states.md from the state tables. With --check it only tells whether the page is current.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Transitions } from '../server/shared/transitions.ts'
import { repository } from './data-folder.ts'
import { sourceFiles } from './source-files.ts'

const page = join(repository, 'docs/states.md')

/** One section a noun, in the order of the files: the drawing, then every (state, event) that is allowed. */
function draw(noun: string, path: string, table: Transitions): string {
  const states = Object.entries(table)
  const steps = states.flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => ({ from, event, to })),
  )
  const last = states.filter(([, events]) => Object.keys(events).length === 0).map(([state]) => state)
  return [
    `## ${noun}`,
    `From [${path}](../${path}). What is not listed is refused.`,
    [
      '```mermaid',
      'stateDiagram-v2',
      `  [*] --> ${states[0]?.[0]}`,
      ...steps.map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`),
      ...last.map((state) => `  ${state} --> [*]`),
      '```',
    ].join('\n'),
    [
      '| state | event | next |',
      '|---|---|---|',
      ...steps.map(({ from, event, to }) => `| ${from} | ${event} | ${to} |`),
      ...last.map((state) => `| ${state} | none: it is final | |`),
    ].join('\n'),
  ].join('\n\n')
}

async function sectionOf(path: string): Promise<string> {
  const noun = basename(path, '-state.ts')
  const exported = (await import(pathToFileURL(join(repository, path)).href)) as Record<string, Transitions>
  const table = exported[`${noun}Transitions`]
  if (!table) throw new Error(`${path} does not export ${noun}Transitions`)
  return draw(noun, path, table)
}

/** How a row is shown follows from its state and money: no table, so nothing to draw. */
const derived = 'server/orders/display-state.ts'
const files = sourceFiles('ts').filter(
  (path) => /^server\/[^/]+\/[^/]+-state\.ts$/.test(path) && path !== derived,
)
const sections = await Promise.all(files.sort().map(sectionOf))
const head = '# States\n\nDrawn by `node scripts/states.ts` from the tables; do not edit.'
const drawn = `${[head, ...sections].join('\n\n')}\n`

if (!process.argv.includes('--check')) writeFileSync(page, drawn)
else if (readFileSync(page, { encoding: 'utf8', flag: 'a+' }) !== drawn) {
  console.error('docs/states.md is not what the tables say: run `node scripts/states.ts` and commit it.')
  process.exitCode = 1
}
