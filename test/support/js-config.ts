import { createHash } from 'node:crypto'
import type { SandboxClient } from './sandbox-client.ts'

/** The jsapi_ticket of an official account, asked for as a shop's server asks. */
export async function jsapiTicket(
  sandbox: SandboxClient,
  { appid, appsecret }: { appid: string; appsecret: string },
): Promise<string> {
  const credentials = { grant_type: 'client_credential', appid, secret: appsecret }
  const { access_token: token } = (await sandbox.post('/cgi-bin/stable_token', credentials)).body
  return (await sandbox.get(`/cgi-bin/ticket/getticket?access_token=${token}&type=jsapi`)).body.ticket
}

/** The arguments of wx.config but for its lists, signed for one address as it is given. */
export function signJsConfig(ticket: string, appId: string, url: string) {
  const [nonceStr, timestamp] = ['Wm3WZYTPz0wzccnW', 1414587457]
  const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`
  return { appId, timestamp, nonceStr, signature: createHash('sha1').update(text).digest('hex') }
}
