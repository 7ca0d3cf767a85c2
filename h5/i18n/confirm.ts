import { wordsOf } from './t.ts'

/** How an order will be paid, and what changed since it was bought before; loads with the confirm page. */
const zh = {
  'confirm.way': '支付方式',
  'again.paid': '再次购买',
  'again.gone': '已下架，没有加入：{names}',
  'again.priced': '{name}：上次 {before}，现在 {now}',
}

const en: Record<keyof typeof zh, string> = {
  'confirm.way': 'How to pay',
  'again.paid': 'Buy again',
  'again.gone': 'No longer sold, left out: {names}',
  'again.priced': '{name}: {before} last time, {now} now',
}

/** Says one of these sentences in the page's language. */
export const tConfirm = wordsOf(zh, en)
