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
    /^(?:(?:https|wss):\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:\/[\w./-]*)?|(?!https?:|wss?:|javascript:|filesystem:)[a-z][a-z0-9+.-]{1,30}:|'sha(?:256|384|512)-[A-Za-z0-9+/]{43,88}={0,2}')$/i,
    {
      abort: true,
      error:
        "must be an https:// or wss:// origin, an app’s scheme such as alipays:, data:, blob:, or the hash of a script in single quotes; * and 'unsafe-…' are refused, and 'self' is there already",
    },
  )
  .refine(
    (text) => !/^(?:https|wss):/i.test(text) || URL.canParse(text.replace('*.', '')),
    'must be an origin: https://, a host, and a port up to 65535',
  )

/** Sources by directive that the pages may use besides our own, e.g. {"connect-src": ["https://stat.example.com"]}. */
export const contentSecuritySchema = z
  .partialRecord(
    z.enum(directives),
    z.array(source).min(1, 'is empty; leave the directive out').max(20, 'has more than 20 sources'),
  )
  .superRefine((additions, context) => {
    // Whoever can write one tag into a page could run a script with it, as with 'unsafe-inline'.
    for (const [index, text] of (additions['script-src'] ?? []).entries())
      if (/^data:/i.test(text))
        context.addIssue({
          code: 'custom',
          path: ['script-src', index],
          message: 'data: would allow any script; name its hash',
        })
  })

export type ContentSecurityAdditions = z.output<typeof contentSecuritySchema>
