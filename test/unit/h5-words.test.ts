// @vitest-environment jsdom
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatLines, parseLines } from '../../h5/basket.ts'
import { formatFen } from '../../h5/fen.ts'
import { failureText } from '../../h5/i18n/failure-text.ts'
import { chooseLanguage } from '../../h5/i18n/language.ts'
import { en } from '../../h5/i18n/en.ts'
import { t as tPages } from '../../h5/i18n/t-pages.ts'
import { speak } from '../../h5/i18n/t.ts'
import { zhPages } from '../../h5/i18n/zh-cn-pages.ts'
import { zh } from '../../h5/i18n/zh-cn.ts'
import { priceText } from '../../miniprogram/services/fen.ts'
import { fenOf, yuan as dashboardYuan } from '../../sandbox/desk/browser/sandbox/money.ts'
import { shownYuan } from '../../sandbox/world/shown-yuan.ts'
import { yuan } from '../../server/shared/fen.ts'

const h5 = join(import.meta.dirname, '../../h5')
const sources = readdirSync(h5, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|vue|css)$/.test(name) && !/^(vite\.config|size)\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(h5, name), 'utf8') }))

describe('an amount', () => {
  const writers = {
    'the H5': formatFen,
    'the native pages': priceText,
    'the server’s sentences': yuan,
    'the dashboard': dashboardYuan,
    'the cashiers of the sandbox': (fen: number) => `${fen < 0 ? '-' : ''}¥${shownYuan(Math.abs(fen))}`,
  }

  describe.each(Object.entries(writers))('of %s', (_place, write) => {
    test.each([
      [0, '¥0.00'],
      [1, '¥0.01'],
      [10, '¥0.10'],
      [2800, '¥28.00'],
      [100_000, '¥1,000.00'],
      [123_456, '¥1,234.56'],
      [406_200, '¥4,062.00'],
      [100_000_000, '¥1,000,000.00'],
      [Number.MAX_SAFE_INTEGER, '¥90,071,992,547,409.91'],
      [-150, '-¥1.50'],
      [-123_456, '-¥1,234.56'],
    ])('is %d fen written as %s', (fen, text) => {
      expect(write(fen)).toBe(text)
    })
  })

  test.each([
    ['¥1,234.56', 123_456],
    ['1234.5', 123_450],
    ['1,00.00', null],
    ['-1', null],
  ])('typed as “%s” is read back by the dashboard', (typed, fen) => {
    expect(fenOf(typed)).toBe(fen)
  })
})

describe('the lines in the address of confirm', () => {
  test('are read and written alike', () => {
    const lines = [
      { productId: 'tea-longjing', quantity: 2 },
      { productId: 'cup-celadon', quantity: 99 },
    ]
    expect(parseLines(formatLines(lines))).toEqual(lines)
  })

  test.each(['tea:0', 'tea:-1', 'tea:1.5', 'tea:1000', 'tea:', ':1', 'tea', 'TEA:1', 'tea:1e1', 'a b:1', ''])(
    'are left out when the server would refuse them: %j',
    (text) => {
      expect(parseLines(text)).toEqual([])
    },
  )

  test.each([undefined, null, ['tea:1', 'cup:1'], 5])('are none when the address was mangled: %j', (text) => {
    expect(parseLines(text)).toEqual([])
  })

  test('name each product once, up to twenty', () => {
    expect(parseLines('tea:60,tea:60')).toEqual([{ productId: 'tea', quantity: 99 }])
    expect(parseLines(Array.from({ length: 30 }, (_, i) => `p-${i}:1`).join(','))).toHaveLength(20)
  })
})

describe('the language', () => {
  const inWeChat = 'MicroMessenger/8.0.49 NetType/WIFI Language/'
  test.each([
    [
      '?lang= above all',
      { query: 'en', kept: 'zh-CN', userAgent: `${inWeChat}zh_CN`, preferred: ['zh-CN'] },
      'en',
    ],
    ['what the tab keeps', { query: null, kept: 'en', userAgent: inWeChat, preferred: ['zh-CN'] }, 'en'],
    ['a nonsense ?lang= is nothing', { query: 'xx', kept: null, userAgent: '', preferred: ['en-US'] }, 'en'],
    [
      'WeChat’s own language',
      { query: null, kept: null, userAgent: `${inWeChat}zh_CN`, preferred: ['en-US'] },
      'zh-CN',
    ],
    [
      'WeChat in English',
      { query: null, kept: null, userAgent: `${inWeChat}en`, preferred: ['zh-CN'] },
      'en',
    ],
    [
      'the phone’s, when WeChat says none',
      { query: null, kept: null, userAgent: 'MicroMessenger/8', preferred: ['en-GB'] },
      'en',
    ],
    [
      'Chinese in WeChat for all others',
      { query: null, kept: null, userAgent: `${inWeChat}ja`, preferred: ['ja'] },
      'zh-CN',
    ],
    [
      'the browser’s first that we speak',
      { query: null, kept: null, userAgent: '', preferred: ['fr', 'zh-TW', 'en'] },
      'zh-CN',
    ],
    [
      'English for browsers that ask for neither',
      { query: null, kept: null, userAgent: '', preferred: ['fr'] },
      'en',
    ],
    [
      'Chinese for browsers that say nothing',
      { query: null, kept: null, userAgent: '', preferred: [] },
      'zh-CN',
    ],
  ] as const)('is chosen by: %s', (_rule, from, expected) => {
    // prettier-ignore
    expect(chooseLanguage(from)).toBe(expected)
  })

  /** Every Chinese sentence that en.ts translates. */
  const chinese = { ...zh, ...zhPages }

  test('says the same things in both, with the same blanks to fill', () => {
    const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).toSorted()
    expect(Object.keys(en).toSorted()).toEqual(Object.keys(chinese).toSorted())
    for (const [key, text] of Object.entries(chinese))
      expect(blanks(en[key as keyof typeof en])).toEqual(blanks(text))
  })

  test('keeps no sentence that nobody says', () => {
    const said = sources.filter(({ name }) => !name.startsWith('i18n/zh') && name !== 'i18n/en.ts')
    const isSaid = (key: string) =>
      said.some(({ text }) => text.includes(`'${key}'`) || text.includes(`\`${key.split('.')[0]}.\${`))
    expect(Object.keys(chinese).filter((key) => !isSaid(key))).toEqual([])
  })

  test('fills the blanks', () => {
    expect(tPages('orders.pieces', { count: 3 })).toBe('共 3 件')
  })

  test('gives readers of English our own sentence, since the server’s is Chinese', async () => {
    const problem = {
      type: '/problems/conflict',
      title: 'x',
      status: 409,
      detail: '这笔订单已经支付。',
      requestId: 'r',
    }
    const failure = { kind: 'problem', problem: { ...problem, code: 'order-paid' } } as const
    expect(failureText(failure).advice).toBe('这笔订单已经支付。')
    await speak('en')
    expect(failureText(failure).advice).toBe('This order is already paid.')
    const closed = { ...problem, code: 'order-closed', closure: 'cancelled' } as const
    expect(failureText({ kind: 'problem', problem: closed }).advice).toMatch(/^This order is cancelled\./)
    expect(document.documentElement.lang).toBe('en')
    await speak('zh-CN')
  })

  test('says nothing that is not in the dictionary', () => {
    const pages = sources.filter(({ name }) => name.endsWith('.vue'))
    expect(pages.length).toBeGreaterThan(20)
    const spoken = pages.filter(({ text }) => /[\u4e00-\u9fff]/.test(text.replaceAll('中文', '')))
    expect(spoken.map(({ name }) => name)).toEqual([])
  })
})

describe('the sources', () => {
  test('use nothing that the oldest web-views lack (iOS 13, Chromium 79)', () => {
    const missing =
      /\.(?:at|replaceAll|findLast|toSorted|toReversed)\(|structuredClone|\.randomUUID\(|Object\.hasOwn|AbortSignal\.|Promise\.any|^\s*(?:gap|column-gap|row-gap|inset|aspect-ratio):|:is\(|:where\(|\d[ds]vh\b|<dialog/m
    expect(sources.filter(({ text }) => missing.test(text)).map(({ name }) => name)).toEqual([])
  })

  test('put nothing inline that the content policy forbids', () => {
    const inline = /\sstyle="|\son\w+="|v-html|innerHTML|\beval\(/
    const html = ['index.html', 'enter/index.html'].map((name) => ({
      name,
      text: readFileSync(join(h5, name), 'utf8'),
    }))
    for (const { text } of html) expect(text).not.toMatch(/<style|<script(?![^>]*\ssrc=)/)
    expect([...html, ...sources].filter(({ text }) => inline.test(text)).map(({ name }) => name)).toEqual([])
  })
})
