import type { Entry } from '../contract/entry'
import { trouble } from './platform/trouble'
import { envVersion } from './platform/environment'
import { recall } from './platform/storage'

/**
 * THE ONE LINE TO EDIT BEFORE AN UPLOAD: the https host that serves H5 and API.
 * It must be registered in the mini-program console twice: as request domain and as business domain (web-view).
 */
const merchantHost: string = 'https://shop.example.com'

/** What `npm start` listens on. */
const developHost = 'http://127.0.0.1:3000'

/**
 * Storage key of another address for the develop version on this device, e.g. "https://shop.example.com": a real phone
 * cannot reach 127.0.0.1, and the server takes what its own publicUrl opened. Trial and released versions never look.
 */
const developHostKey = 'host'

const placeholderHost = 'https://shop.example.com'

/** Code of this door in the server's register of entries; a segment of every API path. */
export const entryCode: Entry['code'] = '02'

/**
 * Origin of H5 and API, without a trailing slash.
 * Throws the trouble `not-configured` when a trial or released version was uploaded with the placeholder.
 */
export function host(): string {
  if (envVersion() === 'develop') return recall<string>(developHostKey) ?? developHost
  return releaseHost(merchantHost)
}

/** The host a trial or released version may talk to; anything but a real https origin is refused aloud. */
export function releaseHost(candidate: string): string {
  const usable = /^https:\/\/[a-z0-9.-]+$/.test(candidate) && candidate !== placeholderHost
  if (!usable)
    throw trouble('not-configured', `Set merchantHost in miniprogram/config.ts, it is "${candidate}"`)
  return candidate
}
