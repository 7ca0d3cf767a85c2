import { wordsOf } from './t.ts'

/** What is said of loading a page's content anew. */
const zh = {
  'refresh.button': '刷新',
  'refresh.pull': '下拉刷新',
  'refresh.let-go': '松开刷新',
  'refresh.busy': '正在刷新',
  'refresh.done': '已刷新',
}

const en: Record<keyof typeof zh, string> = {
  'refresh.button': 'Refresh',
  'refresh.pull': 'Pull to refresh',
  'refresh.let-go': 'Let go to refresh',
  'refresh.busy': 'Refreshing',
  'refresh.done': 'Refreshed',
}

/** Says one of these sentences in the page's language. */
export const tRefresh = wordsOf(zh, en)
