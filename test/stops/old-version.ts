import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../../scripts/data-folder.ts'

/** The last version whose migrations had to run while everything was stopped (0015): every later one is to serve beside it. */
export const BASELINE = 'b399d7a'

/** Unpacks a version of this repository into a folder, with what it needs installed. Throws with what to do. */
export function unpackVersion(revision: string, folder: string): string {
  const isThere = spawnSync('git', ['cat-file', '-e', `${revision}^{commit}`], { cwd: repository })
  if (isThere.status !== 0)
    throw new Error(
      `The version ${revision} is not in this clone. Fetch it with "git fetch --unshallow" (or "git fetch origin ${revision}"), or name another one with --old REV.`,
    )
  mkdirSync(folder, { recursive: true })
  const archive = execFileSync('git', ['archive', '--format=tar', revision], {
    cwd: repository,
    maxBuffer: 1 << 30,
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  if (sharesOurs(folder)) symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  else {
    const install = ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund']
    execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return folder
}

/** True when every package that this version runs on is installed here, at its very version. */
function sharesOurs(folder: string): boolean {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.entries(dependencies).every(([name, version]) => {
    const file = join(repository, 'node_modules', name, 'package.json')
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version
  })
}
