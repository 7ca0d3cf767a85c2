import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ts from 'typescript'
import { describe, expect, test, vi } from 'vitest'
import { createForeground } from '../../sandbox/phone/browser/runtime/foreground.ts'
import { told } from '../../sandbox/phone/browser/runtime/launch-options.ts'
import type { PageStack } from '../../sandbox/phone/browser/runtime/page-stack.ts'
import { lacking } from '../../sandbox/phone/browser/runtime/wx/lacking.ts'
import { eventually } from '../support/eventually.ts'

/** Every function that WeChat's own typings give wx. */
function namesOfWechat(): string[] {
  const require = createRequire(import.meta.url)
  const path = require.resolve('miniprogram-api-typings/types/wx/lib.wx.api.d.ts')
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === 'Wx')
      for (const member of node.members)
        if (member.name && !ts.isPropertySignature(member)) names.add(member.name.getText())
    ts.forEachChild(node, visit)
  }
  visit(source)
  return [...names]
}

/** The functions that the phone's wx is put together from, by reading its source. */
function namesOfPhone(): Set<string> {
  const folder = new URL('../../sandbox/phone/browser/runtime/wx/', import.meta.url)
  const files = ['elsewhere', 'everyday', 'navigation', 'network', 'screen', 'storage', 'system', 'wx']
  const text = files.map((name) => readFileSync(new URL(`${name}.ts`, folder), 'utf8')).join('\n')
  return new Set([...text.matchAll(/^ {4}(\w+)(?::|\()/gm)].map(([, name]) => name!))
}

const scan = 'wx.scanCode 在沙箱的手机里还没有实现，请在真机上验证。'

describe('what WeChat has and the phone has not', () => {
  test('is named for each function of WeChat’s, and for no other', () => {
    const ours = namesOfPhone()
    const all = namesOfWechat()
    expect(all.length).toBeGreaterThan(400)
    for (const name of all)
      expect([name, ours.has(name) || lacking(name) !== undefined]).toEqual([name, true])
    // A listener that is there is found before its stand-in.
    const twice = [...ours].filter((name) => lacking(name) !== undefined)
    expect(twice).toEqual(['onAppShow', 'offAppShow', 'onAppHide', 'offAppHide'])
    for (const name of ['fly', 'then', 'toJSON', '$nextTick']) expect(lacking(name)).toBeUndefined()
  })

  test('fails in words, by callback and by promise', async () => {
    const [fail, complete] = [vi.fn<(result: unknown) => void>(), vi.fn<(result: unknown) => void>()]
    expect(lacking('scanCode')!({ fail, complete })).toBeUndefined()
    await eventually(() => expect(complete).toHaveBeenCalled())
    expect(fail).toHaveBeenCalledExactlyOnceWith({ errMsg: `scanCode:fail ${scan}` })
    await expect(lacking('scanCode')!()).rejects.toEqual({ errMsg: `scanCode:fail ${scan}` })
  })

  test('throws where an answer would come at once, and is silent where nothing would ever be heard', () => {
    for (const name of ['getBatteryInfoSync', 'createAnimation', 'getFileSystemManager', 'getSystemSetting'])
      expect(() => lacking(name)!()).toThrow(`wx.${name} 在沙箱的手机里还没有实现`)
    expect(lacking('onCompassChange')!()).toBeUndefined()
  })
})

describe('a program in front', () => {
  const APP = { path: 'pages/home/home', query: {}, scene: 1069 }
  const opened = (scene: number) => {
    const calls: unknown[] = []
    const stack = { pages: [], changed() {}, guard: (run: () => unknown) => run() } as unknown as PageStack
    const host = new EventTarget()
    const foreground = createForeground(host as HTMLElement, stack, { ...APP, scene }, (name, options) =>
      calls.push([name, options]),
    )
    return { calls, host, foreground }
  }

  test.each([
    [1069, [], true],
    [1036, [], true],
    [1001, [], false],
    [1069, [1038], true],
    [1069, [1089], true],
    [1069, [1090, 1038], true],
    [1069, [1007], false],
    [1069, [1007, 1038], false],
    [1001, [1038], false],
    [1001, [1069], true],
  ])('opened by scene %i and then %j may open the app: %s', (first, then, may) => {
    const { foreground } = opened(first)
    for (const scene of then) foreground.show({ ...APP, scene })
    expect(foreground.mayLaunchApp()).toBe(may)
  })

  test('tells App and its listeners by which way it came', () => {
    const { calls, foreground } = opened(1001)
    const heard = vi.fn<(options?: object) => void>()
    foreground.listen('show', heard)
    const back = { ...APP, scene: 1038, referrerInfo: { appId: 'wx1', extraData: { code: 'c' } } }
    foreground.hide()
    foreground.show(back)
    expect(calls).toEqual([
      ['onHide', undefined],
      ['onShow', back],
    ])
    expect(heard).toHaveBeenCalledExactlyOnceWith(back)
    foreground.unlisten('show')
    foreground.show()
    expect(heard).toHaveBeenCalledOnce()
    expect(told(APP)).toEqual({ ...APP, referrerInfo: {} })
  })

  test('counts as touched until it leaves', () => {
    const { host, foreground } = opened(1001)
    expect(foreground.isTouched()).toBe(false)
    host.dispatchEvent(new Event('pointerdown'))
    expect(foreground.isTouched()).toBe(true)
    foreground.hide()
    expect(foreground.isTouched()).toBe(false)
  })
})
