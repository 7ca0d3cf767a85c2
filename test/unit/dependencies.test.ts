import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository } from '../../scripts/data-folder.ts'

interface LockedPackage {
  version?: string
  resolved?: string
  integrity?: string
  hasInstallScript?: boolean
  dev?: boolean
}
interface Manifest {
  allowScripts: Record<string, boolean>
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  devDependencies: Record<string, string>
}

const read = <T>(file: string) => JSON.parse(readFileSync(join(repository, file), 'utf8')) as T
const manifest = read<Manifest>('package.json')
const { packages: locked } = read<{ packages: Record<string, LockedPackage> }>('package-lock.json')
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** What is wrong with a lock file, by package. '' is the repository itself. */
function faultsOf(packages: Record<string, LockedPackage>): string[] {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, { resolved, integrity, hasInstallScript, dev }]) => [
      ...(integrity?.startsWith('sha512-') ? [] : [`${path}: no SHA-512 of its content`]),
      ...(resolved === undefined || resolved.startsWith('https://registry.npmjs.org/')
        ? []
        : [`${path}: comes from outside the registry`]),
      ...(hasInstallScript && !manifest.allowScripts[nameOf(path)]
        ? [`${path}: runs a script when it is installed, and package.json does not allow it`]
        : []),
      ...(!dev && /(^|[/-])(xml|sax|libxml)/i.test(nameOf(path))
        ? [`${path}: parses XML in production`]
        : []),
    ])
}

describe('the packages that are installed', () => {
  test('are those of the lock file, each by its hash; none runs an install script unless it is allowed', () => {
    expect(Object.keys(locked).length).toBeGreaterThan(100)
    expect(faultsOf(locked)).toEqual([])
  })

  test.each<[string, LockedPackage, string]>([
    ['a package with an install script', { integrity: 'sha512-x', hasInstallScript: true }, 'runs a script'],
    ['a package without a hash', {}, 'no SHA-512'],
    ['a package with a weak hash', { integrity: 'sha1-x' }, 'no SHA-512'],
    [
      'a package of another source',
      { integrity: 'sha512-x', resolved: 'git+ssh://git@github.com/a/b.git' },
      'outside the registry',
    ],
  ])('would not be %s', (_what, planted, fault) => {
    const faults = faultsOf({ ...locked, 'node_modules/planted': planted })
    expect(faults).toEqual([expect.stringContaining(fault)])
  })

  test('would hold no parser of XML in production, which WeChat Pay’s APIv3 never needs', () => {
    const xml = { integrity: 'sha512-x' }
    expect(faultsOf({ ...locked, 'node_modules/fast-xml-parser': xml })).toEqual([
      expect.stringContaining('parses XML'),
    ])
    expect(faultsOf({ ...locked, 'node_modules/xml2js': { ...xml, dev: true } })).toEqual([])
  })

  test('are named in package.json by exact versions, and only packages that exist there may run scripts', () => {
    const { dependencies, optionalDependencies, devDependencies, allowScripts } = manifest
    const versions = { ...dependencies, ...optionalDependencies, ...devDependencies }
    expect(Object.values(versions).filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    )
    expect(
      Object.keys(allowScripts).filter((name) => !locked[`node_modules/${name}`]?.hasInstallScript),
    ).toEqual([])
  })
})
