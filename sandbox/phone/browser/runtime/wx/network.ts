import type { Device } from '../../device.ts'
import { sandbox } from '../../sandbox.ts'
import { ApiRefusal, api } from './call.ts'

interface RequestOptions {
  url: string
  method?: string
  data?: unknown
  header?: Record<string, string>
  timeout?: number
  dataType?: string
  responseType?: string
}

/**
 * wx.login and wx.request: https://developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html
 * @param sessionKey where it is noted that the person has signed in
 */
export function network(device: Device, sessionKey: string) {
  const send = api('request', async (options: RequestOptions) => {
    const { url, header, body, method } = prepare(options)
    const answer = await sandbox.request(device.label, {
      appid: device.miniProgramAppid,
      url,
      method,
      header,
      body,
      timeoutMs: options.timeout ?? 60_000,
    })
    if ('fail' in answer) throw new ApiRefusal(answer.fail)
    return {
      statusCode: answer.statusCode,
      header: answer.header,
      cookies: answer.cookies,
      data: options.dataType === undefined || options.dataType === 'json' ? parsed(answer.body) : answer.body,
    }
  })
  return {
    login: api('login', async () => {
      const code = await sandbox.loginCode(device.person.id, device.miniProgramAppid)
      localStorage.setItem(sessionKey, 'alive')
      return { code }
    }),
    /** Callbacks only, as at WeChat: what comes back is the task. An abort after the sending changes the answer only. */
    request(options: RequestOptions & Parameters<typeof send>[0]) {
      let isAborted = false
      const unless =
        <T>(callback: ((result: T) => void) | undefined) =>
        (result: T) => {
          if (!isAborted) callback?.(result)
        }
      const { success, fail, complete } = options
      void send({ ...options, success: unless(success), fail: unless(fail), complete: unless(complete) })
      return {
        abort() {
          if (isAborted) return
          isAborted = true
          fail?.({ errMsg: 'request:fail abort' })
          complete?.({ errMsg: 'request:fail abort' })
        },
        onHeadersReceived() {},
        offHeadersReceived() {},
      }
    },
  }
}

/** GET data becomes the query, other data the body in the content type's shape. */
function prepare({ url, method = 'GET', data, header = {}, responseType }: RequestOptions) {
  if (responseType === 'arraybuffer')
    throw new ApiRefusal('responseType arraybuffer is not part of this phone')
  const type =
    Object.entries(header).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? 'application/json'
  const isPlain = typeof data === 'object' && data !== null
  const verb = method.toUpperCase()
  if (verb === 'GET' || verb === 'HEAD') {
    const address = new URL(url)
    if (isPlain)
      for (const [name, value] of Object.entries(data)) address.searchParams.set(name, String(value))
    return { url: address.href, method: verb, header: { 'content-type': type, ...header }, body: null }
  }
  const form = (): string =>
    new URLSearchParams(
      Object.entries(data as object).map(([name, value]) => [name, String(value)]),
    ).toString()
  const body = !isPlain
    ? data === undefined
      ? null
      : String(data)
    : type.includes('x-www-form-urlencoded')
      ? form()
      : JSON.stringify(data)
  return { url, method: verb, header: { 'content-type': type, ...header }, body }
}

/** Text that is no JSON stays text. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}
