import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import simulate from 'miniprogram-simulate'
import { afterAll, afterEach } from 'vitest'
import { source } from './source.ts'

/**
 * Mounts the real pages under miniprogram-simulate, which knows components only and reads JavaScript only:
 * - WXML, WXSS and JSON are copied to a scratch folder, each WXML with a one-line script beside it that registers
 *   the definition of the same name;
 * - the TypeScript is imported by Vitest itself, so that coverage is of the real files;
 * - a page becomes a component, and its lifecycle is called from here.
 */

type Methods = Record<string, (...args: unknown[]) => unknown>
type Definition = Record<string, unknown>
type Trigger = (name: string, detail: object, options: { bubbles: boolean; composed: boolean }) => void

/** A page on the screen, as a test sees it. */
export interface Mounted<Data> {
  /** The page's `this`: its methods may be called as WeChat would call them. */
  instance: { data: Data } & Methods
  data: Data
  /** Text of the first element with the class, without surrounding white space; null when there is none. */
  text(className: string): string | null
  /** Labels of the page's large buttons, in order. */
  buttons(): string[]
  /** Taps the button with this label: the handler runs before this returns. */
  tapButton(label: string): void
  /** Taps the nth element with the class. */
  tap(className: string, index?: number): void
  /** Leaves the page as WeChat does when it is popped from the stack. */
  unload(): void
}

const miniprogramRoot = resolve(import.meta.dirname, '../../miniprogram')
const scratch = mkdtempSync(join(tmpdir(), 'qiaofu-simulate-'))
const definitions = new Map<string, Definition>()
const mounted: { unload(): void }[] = []
let importing = ''
let app: Definition = {}

const globals = globalThis as unknown as Record<string, unknown>
const registerComponent = globals.Component as (definition: Definition) => void

globals.Component = (definition: Definition) => definitions.set(importing, definition)
globals.Page = (definition: Definition) => definitions.set(importing, asComponent(definition))
globals.App = (definition: Definition) => (app = definition)
globals.registerStub = (path: string) => registerComponent({ ...definitions.get(path) })

copyWithStubs()
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
afterEach(() => {
  for (const page of mounted.splice(0)) page.unload()
})

/** Opens a page and calls onLoad, onShow and onReady, as WeChat does. */
export async function openPage<Data>(
  path: string,
  query: Record<string, string> = {},
): Promise<Mounted<Data>> {
  await define(path)
  // The bundled compiler is an x86-64 program; elsewhere the JavaScript one has to do (these pages use no WXS).
  const compiler = process.arch === 'x64' ? 'official' : 'simulate'
  const id = simulate.load(join(scratch, path), 'main', { rootPath: scratch, compiler })
  const root = simulate.render(id)
  const place = document.body.appendChild(document.createElement('div'))
  root.attach(place)
  const instance = root.instance as unknown as Mounted<Data>['instance']
  let open = true
  const page: Mounted<Data> = {
    instance,
    get data() {
      return instance.data
    },
    text: (className) => withClass(place, className)[0]?.textContent?.trim() ?? null,
    buttons: () => buttonsIn(place).map((button) => button.textContent?.trim() ?? ''),
    tapButton: (label) =>
      tap(
        buttonsIn(place).find((button) => button.textContent?.trim() === label),
        label,
      ),
    tap: (className, index = 0) => tap(withClass(place, className)[index], className),
    unload: () => {
      if (!open) return
      open = false
      instance.onUnload?.()
      root.detach()
      place.remove()
    },
  }
  mounted.push(page)
  instance.onLoad?.(query)
  instance.onShow?.()
  instance.onReady?.()
  return page
}

/** Runs app.ts and its onLaunch. */
export async function launchApp(): Promise<void> {
  await source('app')
  ;(app.onLaunch as () => void).call(app)
}

async function define(path: string): Promise<void> {
  if (!definitions.has(path)) {
    importing = path
    await source(path)
  }
  const json = JSON.parse(readFileSync(join(scratch, `${path}.json`), 'utf8')) as {
    usingComponents?: Record<string, string>
  }
  for (const component of Object.values(json.usingComponents ?? {})) await define(component.slice(1))
}

/** Functions become methods; every other field of the page is the page's own and starts fresh for each mount. */
function asComponent({ data, ...rest }: Definition): Definition {
  const entries = Object.entries(rest)
  const methods = Object.fromEntries(entries.filter(([, value]) => typeof value === 'function'))
  const own = Object.fromEntries(entries.filter(([, value]) => typeof value !== 'function'))
  const created = function (this: object) {
    Object.assign(this, structuredClone(own))
  }
  return { data, methods, lifetimes: { created } }
}

/** Elements with the class, which the simulator prefixes with the tag of the component that owns them. */
function withClass(place: Element, className: string): Element[] {
  const isMeant = (name: string) => name.endsWith(`--${className}`)
  return [...place.querySelectorAll('[class]')].filter((element) => [...element.classList].some(isMeant))
}

function buttonsIn(place: Element): Element[] {
  return withClass(place, 'button')
}

function tap(element: Element | undefined, name: string): void {
  if (!element) throw new Error(`nothing to tap: ${name}`)
  // The framework's own node, so that the handler runs within the tap, as on a phone.
  const node = (element as Element & { __wxElement: { triggerEvent: Trigger } }).__wxElement
  node.triggerEvent('tap', {}, { bubbles: true, composed: true })
}

function copyWithStubs(): void {
  cpSync(miniprogramRoot, scratch, { recursive: true, filter: (path) => !path.endsWith('.ts') })
  for (const file of readdirSync(scratch, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.wxml')) continue
    const path = file.slice(0, -'.wxml'.length).replaceAll('\\', '/')
    writeFileSync(join(scratch, `${path}.js`), `globalThis.registerStub(${JSON.stringify(path)})`)
  }
}
