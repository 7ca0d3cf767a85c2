import { tOf } from './t.ts'
import { zhPages } from './zh-cn-pages.ts'
import { zh } from './zh-cn.ts'

/** Says a sentence in the page's language: the t of everything that is not part of the first load. */
export const t = tOf({ ...zh, ...zhPages })
