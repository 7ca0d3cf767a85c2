import { wordsOf } from './t.ts'

/** What is said of a number that can be copied. */
const zh = {
  'copy.button': '复制',
  'copy.label': '复制{label}',
  'copy.done': '已复制',
  'copy.failed': '没能复制，请长按号码选择。',
  request: '请求编号',
}

const en: Record<keyof typeof zh, string> = {
  'copy.button': 'Copy',
  'copy.label': 'Copy: {label}',
  'copy.done': 'Copied',
  'copy.failed': 'Could not copy. Please select the number.',
  request: 'Request no.',
}

/** Says one of these sentences in the page's language. */
export const tCopy = wordsOf(zh, en)
