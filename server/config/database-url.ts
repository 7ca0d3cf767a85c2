import { ConfigFault } from './load-config.ts'

const form = 'DATABASE_URL: e.g. postgres://user:password@127.0.0.1:5432/qiaofu'
const whole = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/

/**
 * The address of each host that DATABASE_URL names, in its order, e.g. postgres://user:password@db1:5432,db2:5432/qiaofu
 * as in https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS. Of several hosts the one that takes
 * writes is used, which `target_session_attrs=read-write` or `primary` says as well. Throws ConfigFault.
 */
export function hostUrls(databaseUrl: string): string[] {
  const parts = whole.exec(databaseUrl)
  if (!parts) throw new ConfigFault([form])
  const [, user, hosts = '', path = '', query = ''] = parts
  const parameters = new URLSearchParams(query)
  const wanted = parameters.get('target_session_attrs')
  if (wanted !== null && wanted !== 'read-write' && wanted !== 'primary')
    throw new ConfigFault([`DATABASE_URL: target_session_attrs must be read-write, not ${wanted}`])
  if (parameters.get('host')?.includes(',') || parameters.get('port')?.includes(','))
    throw new ConfigFault(['DATABASE_URL: name several hosts before the slash: db1:5432,db2:5432/qiaofu'])
  parameters.delete('target_session_attrs')
  const rest = parameters.size > 0 ? `${path}?${parameters}` : path
  const urls = hosts.split(',').map((host) => `${user}${host}${rest}`)
  for (const url of urls) if (!isHostUrl(url)) throw new ConfigFault([form])
  return urls
}

/** No host at all is a local socket. */
const isHostUrl = (url: string): boolean => URL.canParse(url) || /^postgres(ql)?:\/\/([^/@]*@)?\//.test(url)
