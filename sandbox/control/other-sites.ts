import { isIP } from 'node:net'
import type { RequestHandler } from 'express'
import { isLoopbackHost } from '../world/loopback.ts'
import { refuse } from './respond.ts'

/** All addresses of the machine. */
const WILDCARDS: readonly string[] = ['0.0.0.0', '::']

/**
 * The control plane hands out keys and moves money, so a page of another site in the visitor's browser may not use it:
 * neither by asking from there (Origin) nor by giving its own name this machine's address (DNS rebinding: Host).
 * Programs name no origin. Mount it before everything below /_sandbox.
 * @param listensAt what --host said
 */
export function refuseOtherSites(listensAt: string): RequestHandler {
  // Programs ask thousands of times under one name.
  let lastOwn: string | null = null
  return (req, res, next) => {
    const { host = '', origin, referer } = req.headers
    if (host !== lastOwn && !isOwnName(URL.parse(`http://${host}`)?.hostname ?? '', listensAt)) {
      const message = `the sandbox does not answer to the name ${host.slice(0, 100)}: use its address, or start it with --host NAME`
      return refuse(res, 403, message)
    }
    lastOwn = host
    if (origin === undefined || URL.parse(origin)?.host === host || isWeChat(referer)) return next()
    const message = `a page of ${origin.slice(0, 100)} may not use the sandbox: ask from a program, or from a page at http://${host}`
    refuse(res, 403, message)
  }
}

/** A name that somebody else's DNS could give this machine has a dot; names within a network of containers have none. */
function isOwnName(hostname: string, listensAt: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  if (isLoopbackHost(name) || name === listensAt.toLowerCase()) return true
  return WILDCARDS.includes(listensAt) && name !== '' && (isIP(name) !== 0 || !name.includes('.'))
}

/** A mini-program in WeChat DevTools asks from a page of DevTools; this Referer is WeChat's, and no web page can set it. */
const isWeChat = (referer: string | undefined): boolean =>
  URL.parse(referer ?? '')?.origin === 'https://servicewechat.com'
