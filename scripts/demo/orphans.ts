import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from './watch-parent.ts'

/** A little longer than what end-with-parent.ts grants; a number that still lives then belongs to somebody else. */
const PATIENCE_MS = 6_000
const LOOK_EVERY_MS = 50

const fileIn = (folder: string) => join(folder, 'children')

/** Notes a child's process id, so that the next start can wait for it should this one be killed. */
export function rememberChild(folder: string, pid: number | undefined): void {
  if (pid) appendFileSync(fileIn(folder), `${pid}\n`)
}

export function forgetChildren(folder: string): void {
  rmSync(fileIn(folder), { force: true })
}

/** After kill -9 the children end by themselves, but not at once: until then they hold their ports and files. */
export async function waitForOrphans(folder: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (orphans(folder).some(isAlive) && performance.now() < deadline) await pause(LOOK_EVERY_MS)
  forgetChildren(folder)
}

function orphans(folder: string): number[] {
  try {
    return readFileSync(fileIn(folder), 'utf8').split('\n').map(Number).filter(Boolean)
  } catch {
    return []
  }
}
