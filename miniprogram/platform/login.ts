import { trouble } from './trouble'
import { standIn } from './stand-in'

const timeoutMs = 10_000

/** A fresh login code: single use, 5 minutes. Throws the trouble `login` when WeChat gives none. */
export function loginCode(): Promise<string> {
  const login = standIn()?.login ?? wx.login
  return new Promise((resolve, reject) => {
    login({
      timeout: timeoutMs,
      success: ({ code }) =>
        code ? resolve(code) : reject(trouble('login', 'wx.login answered without a code')),
      fail: ({ errMsg }) => reject(trouble('login', errMsg)),
    })
  })
}
