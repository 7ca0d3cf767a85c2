import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './data-folder.ts'

/** The checkout's own files with one of these endings (no dot), relative to it: what git tracks or would track. */
export function sourceFiles(...endings: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .split('\0')
    .filter((path) => endings.some((ending) => path.endsWith(`.${ending}`)))
    .filter((path) => existsSync(join(repository, path)))
}
