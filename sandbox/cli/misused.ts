/** An argument that cannot be used; its message says what would do. */
export class Misused extends Error {}

/** It was understood and cannot be done; the message says what would do. */
export class Failed extends Error {}

/** An http or https address, to be used as it was given. Throws Misused. */
export function exactAddress(flag: string, given: string): string {
  webAddress(flag, given)
  return given
}

/** Where a server is: http or https, without a slash at the end, so that paths can be put behind it. Throws Misused. */
export function webAddress(flag: string, given: string): string {
  const url = URL.parse(given)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Misused(`${flag} must be an http or https address, not "${given}".`)
  }
  return url.href.replace(/\/$/, '')
}
