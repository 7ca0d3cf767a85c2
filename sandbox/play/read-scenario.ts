import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'
import { FILE, STEPS } from './scenario.ts'
import type { Scenario, Step, StepKind } from './scenario.ts'

/** A scenario cannot be read, or did not go as written; the message begins with file and line. */
export class ScenarioFault extends Error {}

type Path = (string | number)[]

/** A file while it is being read. */
interface Source {
  path: string
  /** The files that led here: none of them may be included again. */
  from: readonly string[]
  lineOf(path: Path): number
}

/** Reads a scenario and what it includes. Throws ScenarioFault with every fault of the file that has one, by line. */
export function readScenario(path: string, from: readonly string[] = []): Scenario {
  const [document, source] = parse(path, from)
  const file = FILE.safeParse(document.toJS())
  if (!file.success) throw faultsOf(source, [], file.error)
  const { scenario, variables, headers, steps } = file.data
  const title = scenario ?? path
  return { path, title, variables, headers, steps: readSteps(source, ['steps'], steps) }
}

function parse(path: string, from: readonly string[]): [Document, Source] {
  const counter = new LineCounter()
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ScenarioFault(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const source: Source = {
    path,
    from: [...from, resolve(path)],
    lineOf(where) {
      for (let length = where.length; length >= 0; length -= 1) {
        const node = document.getIn(where.slice(0, length), true) as { range?: [number] } | undefined
        if (node?.range) return counter.linePos(node.range[0]).line
      }
      return 1
    },
  }
  const [fault] = document.errors
  if (fault) throw new ScenarioFault(`${path}:${counter.linePos(fault.pos[0]).line}: ${fault.message}`)
  return [document, source]
}

/** Every fault of a part of the file, a line each. */
function faultsOf(source: Source, at: Path, error: z.ZodError): ScenarioFault {
  const lines = error.issues.map((issue) => {
    const { path } = issue
    // What is wrong with a name is said inside.
    const message = issue.code === 'invalid_key' ? issue.issues[0]!.message : issue.message
    return `${source.path}:${source.lineOf([...at, ...path] as Path)}: ${path.join('.') || 'this'}: ${message}`
  })
  return new ScenarioFault(lines.join('\n'))
}

function readSteps(source: Source, at: Path, steps: readonly unknown[]): Step[] {
  return steps.map((step, index) => readStep(source, [...at, index], step))
}

function readStep(source: Source, at: Path, raw: unknown): Step {
  const line = source.lineOf(at)
  const kinds = Object.keys(STEPS) as StepKind[]
  const named = kinds.filter((kind) => typeof raw === 'object' && raw !== null && kind in raw)
  const [kind] = named
  if (kind === undefined || named.length > 1) {
    throw new ScenarioFault(`${source.path}:${line}: a step is exactly one of ${kinds.join(', ')}`)
  }
  const parsed = STEPS[kind].safeParse(raw)
  if (!parsed.success) throw faultsOf(source, at, parsed.error)
  const step = parsed.data
  if ('advance' in step) return { kind: 'advance', line, ms: step.advance }
  if ('together' in step) {
    return { kind: 'together', line, steps: readSteps(source, [...at, 'together'], step.together) }
  }
  if ('include' in step) return readIncluded(source, line, step)
  if ('verdict' in step) {
    const { verdict, bill, within: withinMs = 0 } = step
    return { kind: 'verdict', line, counts: verdict === 'clean' ? {} : verdict, bill, withinMs }
  }
  const { within: withinMs = 0, ...given } = step
  const written = 'sandbox' in step ? step.sandbox : 'call' in step ? step.call : step.wechat
  const [method, address] = written.split(' ') as [string, string]
  return { ...given, kind: kind as 'sandbox' | 'call' | 'wechat', line, method, address, withinMs }
}

function readIncluded(
  source: Source,
  line: number,
  step: { include: string; with?: Record<string, unknown> | undefined },
): Step {
  const path = resolve(dirname(source.path), step.include)
  if (source.from.includes(path)) {
    throw new ScenarioFault(`${source.path}:${line}: ${step.include} includes itself`)
  }
  return { kind: 'include', line, file: readScenario(path, source.from), with: step.with ?? {} }
}
