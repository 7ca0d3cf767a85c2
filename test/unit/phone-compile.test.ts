import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileProgram } from '../../sandbox/phone/build.ts'
import { moduleParameters } from '../../sandbox/phone/compile/module-parameters.ts'
import type { Program } from '../../sandbox/phone/program.ts'
import { createModules } from '../../sandbox/phone/browser/runtime/modules.ts'

function write(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'phone-compile-'))
  const all = {
    'app.json': '{"pages":["pages/home/home"]}',
    'app.ts': 'App({})',
    'pages/home/home.json': '{}',
    'pages/home/home.wxml': '<view/>',
    'pages/home/home.ts': 'Page({})',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  return dir
}

async function compile(files: Record<string, string>): Promise<Program> {
  const code = compileProgram(write(files))
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Program
}

async function css(files: Record<string, string>): Promise<string> {
  return (await compile(files)).css.replace(/\s+/g, ' ')
}

describe('compiling a mini-program', () => {
  test.each([
    [
      'a broken template',
      { 'pages/home/home.wxml': '<view>\n  <text>\n</view>' },
      /miniprogram\/pages\/home\/home\.wxml:\d+:\d+ /,
    ],
    [
      'a broken script',
      { 'pages/home/home.ts': 'Page({\n  data: {{ }\n})' },
      /miniprogram\/pages\/home\/home\.ts:2:\d+ /,
    ],
    [
      'a broken style sheet',
      { 'pages/home/home.wxss': '.a {\n color: red;;}\n}' },
      /miniprogram\/pages\/home\/home\.wxss:3:1/,
    ],
    ['broken JSON', { 'pages/home/home.json': '{' }, /miniprogram\/pages\/home\/home\.json: /],
    [
      'a page without a template',
      { 'app.json': '{"pages":["pages/gone/gone"]}' },
      /miniprogram\/pages\/gone\/gone\.json is missing/,
    ],
    [
      'an import that is not there',
      { 'app.wxss': "@import './gone.wxss';" },
      /miniprogram\/gone\.wxss is missing/,
    ],
  ])('says where %s is', (_what, files, message) => {
    expect(() => compileProgram(write(files as Record<string, string>))).toThrow(message)
  })

  test('keeps each page’s rules to that page and app.wxss to the phone’s screen', async () => {
    const sheet = await css({
      'app.wxss': '.a { color: red }',
      'pages/home/home.wxss': '.b, view > .c { color: red } page { color: red }',
    })
    expect(sheet).toContain('.mp .a {')
    expect(sheet).toContain(
      '.mp-page[data-route="pages/home/home"] .b, .mp-page[data-route="pages/home/home"] wx-view > .c {',
    )
    expect(sheet).toContain('.mp-page[data-route="pages/home/home"] {')
  })

  test('takes sizes from the phone, not from the window', async () => {
    const sheet = await css({
      'app.wxss':
        '.a { width: 20rpx; margin: -1.5rpx 10vw; height: 100vh; padding: env(safe-area-inset-bottom) }',
    })
    expect(sheet).toContain(
      'width: calc(var(--rpx) * 20); margin: calc(var(--rpx) * -1.5) calc(var(--vw) * 10);',
    )
    expect(sheet).toContain('height: calc(var(--vh) * 100); padding: var(--safe-area-bottom)')
  })

  test('takes dark mode from the phone', async () => {
    const sheet = await css({ 'app.wxss': '@media (prefers-color-scheme: dark) { page { color: red } }' })
    expect(sheet.trim()).toBe('[data-theme="dark"] .mp .mp-page { color: red }')
  })

  test('gives an isolated component classes of its own, and leaves keyframes alone', async () => {
    const sheet = await css({
      'pages/home/home.json': '{"usingComponents":{"card":"/components/card"}}',
      'components/card.json': '{"component":true}',
      'components/card.wxml': '<view/>',
      'components/card.ts': 'Component({})',
      'components/card.wxss': ':host { color: red } .a { color: red } @keyframes turn { to { color: red } }',
    })
    expect(sheet).toContain('.mp [wx-host="c1"] {')
    expect(sheet).toContain('.mp .c1--a {')
    expect(sheet).toContain('@keyframes turn { to { color: red } }')
  })

  test('inlines an imported sheet', async () => {
    expect(
      await css({ 'app.wxss': "@import './styles/base.wxss';", 'styles/base.wxss': '.a { width: 2rpx }' }),
    ).toContain('.mp .a { width: calc(var(--rpx) * 2) }')
  })
})

describe('a compiled module', () => {
  const start = async (files: Record<string, string>, wx: object = {}) =>
    createModules(await compile(files), () =>
      moduleParameters.slice(3).map((name) => (name === 'wx' ? wx : undefined)),
    )

  test('requires others relative to itself, runs once, and sees only the wx it is given', async () => {
    const load = await start(
      {
        'a.ts':
          "import { b } from './lib/b'\nimport { b as again } from './lib/b.ts'\nexport const same = b === again\nexport const seen = wx",
        'lib/b.ts': 'export const b = {}',
      },
      { phone: 'a' },
    )
    expect(load('a')).toMatchObject({ same: true, seen: { phone: 'a' } })
  })

  test('finds neither window nor document', async () => {
    const load = await start({
      'a.ts': 'export const kinds = [typeof window, typeof document, typeof fetch, typeof localStorage]',
    })
    expect(load('a')).toMatchObject({ kinds: ['undefined', 'undefined', 'undefined', 'undefined'] })
  })

  test('names the missing module and who wanted it', async () => {
    const load = await start({ 'a.ts': "require('./gone')" })
    expect(() => load('a')).toThrow("module './gone' is not defined, required by 'a.js'")
  })

  test('drops imports of types, also from outside', async () => {
    const load = await start({ 'a.ts': "import type { X } from '../outside/x'\nexport const x: X = 1" })
    expect(load('a')).toMatchObject({ x: 1 })
  })
})
