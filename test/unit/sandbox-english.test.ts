import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inEnglish, pageInEnglish, readsEnglish } from '../../sandbox/world/english.ts'
import { profiles } from '../../sandbox/phone/profiles.ts'
import { repository } from '../../scripts/data-folder.ts'

const HAN = /\p{Script=Han}/u

const ADDRESSES = 'sandbox/phone/browser/runtime/wx/addresses.ts'

/** Chinese literals of what is drawn for people; addresses, names of shops, goods and people are data of other files. */
const sources = (folder: string) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))

/** Texts between single quotes with Chinese in them, without comments. */
function literalsOf(file: string): string[] {
  const code = readFileSync(join(repository, file), 'utf8').replace(/\/\*.*?\*\/|(?<!:)\/\/[^\n]*/gs, '')
  return [...code.matchAll(/'([^'\n]*)'/g)].map(([, text = '']) => text).filter((text) => HAN.test(text))
}

/** Told to programs, to developers, or in the language that it names. */
const KEPT = ['请在手机微信中完成支付', '《小程序隐私保护指引》', '中文']

test('every sentence that phones, cashiers and error pages say has its English', () => {
  const files = [
    ...sources('sandbox/phone/browser').filter((file) => file !== ADDRESSES),
    'sandbox/phone/proxy/trouble.ts',
    'sandbox/world/cashier.ts',
  ]
  const spoken = files.flatMap(literalsOf).filter((text) => !KEPT.includes(text))
  // The reasons in the same file are for developers, in English with WeChat's words quoted.
  const refusals = literalsOf('sandbox/world/refusals.ts').filter((text) => !text.includes(' '))
  expect(spoken.length).toBeGreaterThan(80)
  expect([...spoken, ...refusals].map(inEnglish).filter((text) => HAN.test(text))).toEqual([])
})

test('so has the name of every device', () => {
  expect(profiles.map(({ name }) => inEnglish(name)).filter((name) => HAN.test(name))).toEqual([])
})

test('names and amounts within a sentence stay, and so does what is a name only', () => {
  expect(inEnglish('零钱（剩余 ¥100.00）')).toBe('Balance (¥100.00 left)')
  expect(inEnglish('医保 + 零钱（剩余 ¥1.00）')).toBe('Medical insurance + Balance (¥1.00 left)')
  expect(inEnglish('小林 · 安卓')).toBe('小林 · Android')
  expect(inEnglish('明前龙井')).toBe('明前龙井')
})

test('a page is said in English between its tags, and its script stays', () => {
  const page = '<html lang="zh-CN"><title>支付宝</title><p> 取消 </p><script>say("取消")</script></html>'
  expect(pageInEnglish(page)).toBe(
    '<html lang="en"><title>Alipay</title><p> Cancel </p><script>say("取消")</script></html>',
  )
})

test.each([
  ['en-US,en;q=0.9', true],
  ['en', true],
  ['zh-CN,zh-Hans;q=0.9,en;q=0.1', false],
  [undefined, false],
])('Accept-Language %s reads English: %s', (header, expected) => {
  expect(readsEnglish(header)).toBe(expected)
})
