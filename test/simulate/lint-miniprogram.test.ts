// @vitest-environment node
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { lintMiniprogram } from '../../scripts/lint-miniprogram.ts'

const repository = resolve(import.meta.dirname, '../..')
let copy: string

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'qiaofu-lint-'))
  for (const part of ['miniprogram', 'project.config.json'])
    cpSync(join(repository, part), join(copy, part), { recursive: true })
  return () => rmSync(copy, { recursive: true, force: true })
})

function edit(file: string, change: (content: string) => string): void {
  const path = join(copy, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

const append = (file: string, text: string) => edit(file, (content) => `${content}\n${text}`)
const compilersRun = process.arch === 'x64'

describe('the check of the mini-program', () => {
  test('finds no fault in ours', () => {
    expect(lintMiniprogram(repository)).toEqual([])
  })

  test('a release must not carry the sandbox: forgetting to leave the file out is a fault', () => {
    edit('project.config.json', (content) =>
      content.replace('platform/develop-sandbox.ts', 'platform/login.ts'),
    )
    expect(lintMiniprogram(copy)).toContainEqual(
      expect.stringMatching(/^platform\/develop-sandbox\.ts: would be uploaded/),
    )
  })

  test('a function that the oldest supported base library has not is a fault', () => {
    append(
      'miniprogram/pages/home/home.ts',
      "console.log(wx.getDeviceInfo().platform, wx.getStorageSync('x'))",
    )
    expect(lintMiniprogram(copy)).toEqual([
      expect.stringMatching(
        /^pages\/home\/home\.ts: wx\.getDeviceInfo \(2\.20\.1\) is newer than base library 2\.11\.0/,
      ),
    ])
  })

  test('an entry of packOptions that names nothing is a fault: it would protect nothing', () => {
    edit('project.config.json', (content) =>
      content.replace('platform/develop-sandbox.ts', 'platform/renamed.ts'),
    )
    expect(lintMiniprogram(copy)).toContainEqual(
      expect.stringContaining('names "platform/renamed.ts", which is no file'),
    )
  })

  test.each(["export const from = 'http://127.0.0.1:4010'", "export const path = '/_sandbox/codes'"])(
    'no other file may name the sandbox: %s',
    (line) => {
      append('miniprogram/platform/login.ts', line)
      expect(lintMiniprogram(copy)).toEqual([
        expect.stringMatching(/^platform\/login\.ts: names the sandbox/),
      ])
    },
  )

  test.each([
    ["import { limits } from '../../server/config/limits'", 'leaves miniprogramRoot'],
    ["import { type Order } from '../../contract/order'", 'leaves miniprogramRoot'],
    ["export * from '../../contract/order'", 'leaves miniprogramRoot'],
    ["require('../../contract/order')", 'leaves miniprogramRoot'],
    ["void import('../../contract/order')", 'leaves miniprogramRoot'],
    ["import dayjs from 'dayjs'", 'is a package'],
    ["import './nowhere'", 'finds no platform/nowhere.ts'],
  ])('a value may not come from outside the packed folder: %s', (line, fault) => {
    append('miniprogram/platform/login.ts', line)
    expect(lintMiniprogram(copy)).toEqual([expect.stringContaining(fault)])
  })

  test.each([
    "import type { Order } from '../../contract/order'",
    "export type { Order } from '../../contract/order'",
  ])('a type may: %s', (line) => {
    append('miniprogram/platform/login.ts', line)
    expect(lintMiniprogram(copy)).toEqual([])
  })

  test('a page, a component or a compile mode that is not there is a fault', () => {
    edit('miniprogram/app.json', (content) => content.replace('pages/home/home', 'pages/house/house'))
    edit('miniprogram/pages/web-view/web-view.json', (content) =>
      content.replace('notice/notice', 'notice/note'),
    )
    const faults = lintMiniprogram(copy).join('\n')
    expect(faults).toContain('the page pages/house/house has no wxml file')
    expect(faults).toContain('opens pages/home/home, which is no page')
    expect(faults).toContain('there is no component at /components/notice/note')
  })

  test('a file that has no use on a phone is not uploaded', () => {
    writeFileSync(join(copy, 'miniprogram/tsconfig.json'), '{}')
    expect(lintMiniprogram(copy)).toEqual([expect.stringMatching(/^tsconfig\.json: would be uploaded/)])
  })

  test.runIf(compilersRun)('WXML that wcc refuses is a fault', () => {
    append('miniprogram/pages/pay/pay.wxml', '<view>')
    expect(lintMiniprogram(copy)).toEqual([expect.stringContaining('pages/pay/pay.wxml')])
  })

  test.runIf(compilersRun)('WXSS that wcsc refuses is a fault', () => {
    append('miniprogram/app.wxss', "@import './nowhere.wxss';\n.a { color: }}")
    expect(lintMiniprogram(copy)).toEqual([expect.stringContaining('app.wxss')])
  })
})
