import { wordsOf } from './t.ts'

/** What is said at a line of an order that is about to be placed. */
const zh = {
  gone: '已下架，请移除',
  'sold-out': '已售罄，请移除',
  left: '只剩 {count} 件，请减少数量',
  limit: '每人限购 {count} 件，请减少数量',
  'last-pieces': '仅剩 {count} 件',
  'at-limit': '每人限购 {count} 件',
  take: '改为 {count} 件',
  'take-of': '{name} 改为 {count} 件',
  'remove-of': '移除 {name}',
  'gone-name': '一件商品',
  price: '价格有变动：原 {from}，现 {to}',
  'price-of': '{name} 原 {from}，现 {to}',
}

const en: Record<keyof typeof zh, string> = {
  gone: 'No longer on sale, please remove it',
  'sold-out': 'Sold out, please remove it',
  left: 'Only {count} left, please take fewer',
  limit: 'At most {count} each customer, please take fewer',
  'last-pieces': 'Only {count} left',
  'at-limit': 'At most {count} each customer',
  take: 'Take {count}',
  'take-of': 'Take {count} of {name}',
  'remove-of': 'Remove {name}',
  'gone-name': 'One product',
  price: 'The price has changed: it was {from}, it is {to}',
  'price-of': '{name}: it was {from}, it is {to}',
}

/** Says one of these sentences in the page's language. */
export const tLine = wordsOf(zh, en)
