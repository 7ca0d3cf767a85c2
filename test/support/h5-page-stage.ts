import { flushPromises, mount } from '@vue/test-utils'
import type { DOMWrapper, VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, vi } from 'vitest'
import { forgetEntry, rememberEntry } from '../../h5/entry/known-entry.ts'

type Answer = Response | Promise<Response> | (() => Response | Promise<Response>)

export const json = (content: unknown) => () => Response.json(content)
export const problem = (status: number, detail: string, code?: string) => () =>
  Response.json({ type: '/problems/x', title: 'x', status, detail, code, requestId: 'r' }, { status })

/** The H5 in a tab of the mini-program, and a server that answers as it is told. */
export interface PageStage {
  /** By "METHOD path" below the entry; what is not named is a 404. */
  answers: Record<string, Answer>
  /** What the pages have asked for, oldest first. */
  asked: string[]
  app: VueWrapper
  open(path: string): Promise<void>
  button(text: string): DOMWrapper<HTMLButtonElement> | undefined
}

/** Sets the stage for a whole file, which runs in jsdom; called once, at its top. */
export function h5PageStage(): PageStage {
  const stage: PageStage = {
    answers: {},
    asked: [],
    app: undefined as unknown as VueWrapper,
    async open(path) {
      const { router } = await import('../../h5/router.ts')
      const App = (await import('../../h5/App.vue')).default
      await router.push('/nowhere')
      await router.push(path)
      stage.app = mount(App, { global: { plugins: [router] }, attachTo: document.body })
      await flushPromises()
    },
    button: (text) => stage.app.findAll('button').find((one) => one.text() === text),
  }
  beforeEach(() => {
    stage.answers = {}
    stage.asked = []
    vi.stubGlobal('scrollTo', () => {})
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
      const request = `${init?.method ?? 'GET'} ${url.replace(/^\/api\/\d\d\//, '')}`
      stage.asked.push(request)
      const answer = stage.answers[request] ?? problem(404, '没有这个地址。')
      return typeof answer === 'function' ? answer() : answer
    })
    sessionStorage.clear()
    localStorage.clear()
    rememberEntry({ code: '02', kind: 'mini-program' })
  })
  afterEach(() => {
    stage.app.unmount()
    forgetEntry()
    vi.unstubAllGlobals()
  })
  return stage
}
