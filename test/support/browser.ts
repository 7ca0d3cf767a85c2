import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser } from '@playwright/test'
import { repository } from '../../scripts/data-folder.ts'

/** A browser's program, and what its process needs in the environment to find its libraries. */
export type BrowserProgram = { executablePath: string; env: Record<string, string> }

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']
const PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}
/** A closed network refuses each of a browser's own errands, many at a time; a test needs none of them. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts a headless browser: the caller closes it. Throws with a sentence that says what to install. */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = await findBrowser()
  return chromium.launch({ executablePath, args: QUIET, env: { ...process.env, ...env } })
}

/** $CHROMIUM, else an installed Chrome or Chromium, else the one that npm brought along (Linux on x64). */
export async function findBrowser(): Promise<BrowserProgram> {
  const chosen = process.env.CHROMIUM
  if (chosen && !existsSync(chosen))
    throw new Error(`环境变量 CHROMIUM 指向的浏览器不存在：${chosen}，请改正或去掉它。`)
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  const places = PLACES[process.platform] ?? [...onPath, chromium.executablePath()]
  const installed = chosen ?? places.find((path) => existsSync(path))
  if (installed) return { executablePath: installed, env: {} }
  if (process.platform === 'linux' && process.arch === 'x64') return unpackPackedBrowser()
  throw new Error('没有找到浏览器：请安装 Chrome 或 Chromium，或用环境变量 CHROMIUM 指出它的路径。')
}

/** The package unpacks into the temporary folder of its process, and takes a half-written file for a whole one. */
async function unpackPackedBrowser(): Promise<BrowserProgram> {
  const home = join(repository, 'node_modules/@sparticuz/chromium')
  if (!existsSync(home)) throw new Error('没有找到浏览器：请先运行 npm ci，它会带来一个 Chromium。')
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const folder = join(repository, 'node_modules/.cache', `chromium-${version}`)
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`
    mkdirSync(unfinished, { recursive: true })
    const program = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: repository,
      env: { ...process.env, TMPDIR: unfinished, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
    })
    moveIntoPlace(unfinished, folder)
  }
  const fonts: Record<string, string> = existsSync('/etc/fonts/fonts.conf')
    ? {}
    : { FONTCONFIG_PATH: join(folder, 'fonts') }
  const env = { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), ...fonts }
  return { executablePath: join(folder, 'chromium'), env }
}

/** Two test files may unpack at once: the first to finish wins, the other throws its copy away. */
function moveIntoPlace(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    rmSync(from, { recursive: true, force: true })
    if (!existsSync(to)) throw error
  }
}
