import { trouble } from './trouble'

const timeoutMs = 10_000

interface HttpRequest {
  method: 'GET' | 'POST'
  url: string
  headers?: Record<string, string>
  body?: object
}

export interface HttpAnswer {
  status: number
  /** Parsed JSON, or the text when it was none. */
  body: unknown
}

/** One HTTP exchange. Resolves for every status; throws the trouble `offline` when no answer came. */
export function request(ask: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    wx.request({
      method: ask.method,
      url: ask.url,
      header: { 'content-type': 'application/json', ...ask.headers },
      ...(ask.method === 'POST' && { data: ask.body ?? {} }),
      timeout: timeoutMs,
      success: ({ statusCode, data }) => resolve({ status: statusCode, body: data }),
      fail: ({ errMsg }) => reject(trouble('offline', errMsg)),
    })
  })
}
