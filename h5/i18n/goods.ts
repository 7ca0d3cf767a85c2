import { wordsOf } from './t.ts'

/** What is said of the goods of an order: it loads with the pages that list them. */
const zh = {
  separator: '、',
  several: '{names}等 {count} 种',
  more: '另有 {count} 种',
  order: '{goods}，{sum}，订单号 {number}',
  repriced: '商家改价',
  'repriced-by': '{from} 改为 {to}',
}

const en: Record<keyof typeof zh, string> = {
  separator: ', ',
  several: '{names} and others, {count} kinds',
  more: '{count} more',
  order: '{goods}, {sum}, order no. {number}',
  repriced: 'New price by the shop',
  'repriced-by': '{from} became {to}',
}

/** Says one of these sentences in the page's language. */
export const tGoods = wordsOf(zh, en)
