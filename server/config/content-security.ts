import { z } from 'zod'

/** Directives that a merchant may add sources to. What protects from framing, plugins and a foreign base is not among them. */
const directives = [
  'script-src',
  'style-src',
  'img-src',
  'font-src',
  'connect-src',
  'frame-src',
  'media-src',
  'worker-src',
  'form-action',
] as const

/**
 * An origin (https://stat.example.com, wss:, *.example.com below a host), a scheme of an app (weixin:), data: or blob:, or the
 * hash of one inline script. Nothing that opens a directive to everybody: no *, no https: alone, no 'unsafe-inline'.
 */
const source = z
  .string()
  .max(200)
  .regex(
    /^(?:(?:https|wss):\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:\/[\w./-]*)?|(?!https?:|wss?:|javascript:)[a-z][a-z0-9+.-]{1,30}:|'sha(?:256|384|512)-[A-Za-z0-9+/]{43,88}={0,2}')$/,
    "a source is an https or wss origin, an app’s scheme, or the hash of a script; * and 'unsafe-…' are refused",
  )

/** Sources by directive that the pages may use besides our own, e.g. {"connect-src": ["https://stat.example.com"]}. */
export const contentSecuritySchema = z.partialRecord(z.enum(directives), z.array(source).min(1).max(20))

export type ContentSecurityAdditions = z.output<typeof contentSecuritySchema>
