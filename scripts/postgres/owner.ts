import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isRoot, SetupFault } from '../data-folder.ts'

/** The unprivileged user that PostgreSQL runs as when we are root. */
export type Owner = { name: string; uid: number; gid: number }

/** undefined unless we are root: then `postgres` where a package made it, otherwise `nobody`. */
export function findOwner(): Owner | undefined {
  if (!isRoot) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name)
    const [uid, gid] = [Number(user?.[2]), Number(user?.[3])]
    if (uid > 0 && gid > 0) return { name, uid, gid }
  }
  throw new SetupFault(
    '以 root 运行时需要一个普通用户来运行 PostgreSQL：请先运行 useradd --system postgres。',
  )
}

/** True when the owner can walk down to the path and, at its end, read and enter it as `others` or its own can. */
export function canReach(owner: Owner | undefined, path: string): boolean {
  if (!owner) return true
  const { uid, gid, mode } = statSync(path)
  const bits = uid === owner.uid ? mode >> 6 : gid === owner.gid ? mode >> 3 : mode
  if ((bits & 1) === 0) return false
  return dirname(path) === path || canReach(owner, dirname(path))
}
