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

/**
 * Schemes that a directive does not take alone. Text that was injected into a page writes its own data: address, so data: would
 * be as open as 'unsafe-inline'. Scripts and styles come from no app's scheme either.
 */
const refusedSchemes: Partial<Record<(typeof directives)[number], RegExp>> = {
  'script-src': /^[a-z0-9+.-]+:$/i,
  'style-src': /^[a-z0-9+.-]+:$/i,
  'frame-src': /^(?:data|blob):$/i,
  'worker-src': /^data:$/i,
  'form-action': /^(?:data|blob):$/i,
}
const tooOpen =
  'would allow whatever somebody writes into a page; name an https:// origin, or the hash of a script'

/** Sources by directive that the pages may use besides our own, e.g. {"connect-src": ["https://stat.example.com"]}. */
export const contentSecuritySchema = z
  .partialRecord(
    z.enum(directives),
    z.array(source).min(1, 'is empty; leave the directive out').max(20, 'has more than 20 sources'),
  )
  .superRefine((additions, context) => {
    for (const directive of directives)
      for (const [index, text] of (additions[directive] ?? []).entries())
        if (refusedSchemes[directive]?.test(text))
          context.addIssue({ code: 'custom', path: [directive, index], message: tooOpen })
  })

export type ContentSecurityAdditions = z.output<typeof contentSecuritySchema>
