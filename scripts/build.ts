import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { repository, SetupFault } from './data-folder.ts'
import { runProgram } from './run-program.ts'

/** What is built, where to, and all that its bytes depend on. */
const pages = {
  h5: { title: 'H5 页面', output: 'dist/h5', inputs: ['h5/**', 'contract/**'], make: makeH5 },
  phone: {
    title: '模拟手机',
    output: 'dist/phone',
    inputs: [
      'sandbox/phone/**',
      'sandbox/world/shown-yuan.ts',
      'miniprogram/**',
      'contract/**',
      'project.config.json',
    ],
    make: makePhone,
  },
  desk: {
    title: '沙箱桌面',
    output: 'dist/desk',
    inputs: [
      'sandbox/desk/**',
      'sandbox/phone/profiles.ts',
      'sandbox/phone/user-agents.*',
      'sandbox/world/shown-yuan.ts',
      'sandbox/gateway/signature-finding.ts',
    ],
    make: makeDesk,
  },
}
const sharedInputs = ['package-lock.json', 'tsconfig.base.json', 'scripts/build.ts']

type Page = keyof typeof pages

/** Builds those pages whose inputs changed since they were last built; says so line by line. Throws SetupFault. */
export async function build(): Promise<void> {
  const names = Object.keys(pages) as Page[]
  await Promise.all(names.filter((name) => stampOf(name) !== hashInputs(name)).map(buildApart))
}

function stampFile(name: Page): string {
  return join(repository, 'dist', `.${name}-inputs`)
}

function stampOf(name: Page): string {
  if (!existsSync(join(repository, pages[name].output)) || !existsSync(stampFile(name))) return ''
  return readFileSync(stampFile(name), 'utf8')
}

function hashInputs(name: Page): string {
  const hash = createHash('sha256')
  for (const path of globSync([...pages[name].inputs, ...sharedInputs], { cwd: repository }).sort()) {
    const file = join(repository, path)
    if (statSync(file).isFile()) hash.update(path).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** A process of its own keeps the caller's NODE_ENV (`test` under vitest) out of what is shipped. */
async function buildApart(name: Page): Promise<void> {
  const startedAt = performance.now()
  const inputs = hashInputs(name)
  console.log(`构建${pages[name].title}……`)
  const { code, output } = await runProgram(process.execPath, [fileURLToPath(import.meta.url), name], {
    cwd: repository,
    env: { ...process.env, NODE_ENV: 'production', VITEST: '' },
  })
  if (code !== 0) throw new SetupFault(`${output}\n${pages[name].title}没有构建成功，原因见上。`)
  mkdirSync(join(repository, 'dist'), { recursive: true })
  writeFileSync(stampFile(name), inputs)
  console.log(`${pages[name].title}已构建（${((performance.now() - startedAt) / 1000).toFixed(1)} 秒）`)
}

async function makeH5(): Promise<void> {
  const vite = await import('vite')
  await vite.build({ configFile: join(repository, 'h5/vite.config.ts'), logLevel: 'warn' })
}

async function makePhone(): Promise<void> {
  const { buildPhone } = await import('../sandbox/phone/build.ts')
  await buildPhone()
}

async function makeDesk(): Promise<void> {
  const { buildDesk } = await import('../sandbox/desk/build.ts')
  await buildDesk()
}

if (import.meta.main) {
  const name = process.argv[2]
  if (name === 'h5' || name === 'phone' || name === 'desk') await pages[name].make()
  else await build()
}
