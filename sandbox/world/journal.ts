import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/**
 * One kind of entity in the world. Everything that outlives a restart, a snapshot or a restore goes through this
 * interface: `load` with a known key replaces what was there, so replaying a journal is calling it line by line.
 */
export interface Register {
  kind: string
  /** Plain JSON values, in an order that can be loaded again. */
  entities(): Iterable<unknown>
  load(entity: never): void
  clear(): void
}

/** Where entity writes go. */
export interface Journal {
  append(kind: string, entity: unknown): void
  /** What is appended inside becomes one line: after a crash all of it is there, or none. */
  together(work: () => void): void
  /** Writes the present state of all registers to a fresh file and goes on appending there. */
  compact(): void
  close(): void
}

/** Keeps nothing: the sandbox without a data directory. */
export const forgetfulJournal: Journal = {
  append() {},
  together: (work) => work(),
  compact() {},
  close() {},
}

const FILE_NAME = 'journal.ndjson'

/** A kind of register and one of its entities. */
type Entry = [kind: string, entity: unknown]
/** The kind of a line that holds several entries: it is there as a whole, or torn as a whole. */
const TOGETHER = 'together'

/**
 * Replays DIR/journal.ndjson into the registers, compacts it and stays open for appending. A last line that a crash
 * cut short is ignored. Throws when a line before the last cannot be read: then the file was edited, and going on
 * would lose money silently.
 */
export function openJournal(dataDir: string, registers: readonly Register[]): Journal {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, FILE_NAME)
  if (existsSync(path)) replay(path, registers)
  let file = -1
  let pending: Entry[] | null = null
  const write = (entry: Entry) => void writeSync(file, `${JSON.stringify(entry)}\n`)
  const journal: Journal = {
    append(kind, entity) {
      if (pending) pending.push([kind, entity])
      else write([kind, entity])
    },
    together(work) {
      if (pending) return work()
      pending = []
      try {
        work()
      } finally {
        const entries = pending
        pending = null
        if (entries.length > 0) write([TOGETHER, entries])
      }
    },
    compact() {
      if (file !== -1) closeSync(file)
      writeWhole(path, registers)
      file = openSync(path, 'a', 0o600)
    },
    close() {
      closeSync(file)
    },
  }
  journal.compact()
  return journal
}

function replay(path: string, registers: readonly Register[]): void {
  const byKind = new Map(registers.map((register) => [register.kind, register]))
  const load = ([kind, entity]: Entry) => {
    if (kind === TOGETHER) (entity as Entry[]).forEach(load)
    else byKind.get(kind)?.load(entity as never)
  }
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.forEach((line, index) => {
    if (line === '') return
    try {
      load(JSON.parse(line) as Entry)
    } catch {
      // A complete line ends in a newline, so only the very last piece may be torn.
      if (index === lines.length - 1) return
      throw new Error(
        `${path} line ${index + 1} is not readable; move the file away to start with an empty world`,
      )
    }
  })
}

function writeWhole(path: string, registers: readonly Register[]): void {
  const next = `${path}.next`
  const file = openSync(next, 'w', 0o600)
  for (const register of registers) {
    for (const entity of register.entities()) writeSync(file, `${JSON.stringify([register.kind, entity])}\n`)
  }
  fsyncSync(file)
  closeSync(file)
  renameSync(next, path)
}
