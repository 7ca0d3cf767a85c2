import type { IncomingMessage } from 'node:http'
import { pageInEnglish, readsEnglish } from '../world/english.ts'

/** Text for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A small page in the looks of WeChat, in the language of its reader. `body` is HTML. */
export function page(req: IncomingMessage, title: string, body: string): string {
  const html = plainPage(title, body)
  return readsEnglish(req.headers['accept-language']) ? pageInEnglish(html) : html
}

function plainPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark }
body { margin: 0; padding: 48px 24px; background: light-dark(#fff, #111); color: light-dark(#1a1a1a, #ededed); font: 17px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; text-align: center }
h1 { font-size: 20px; font-weight: 600 }
p { color: light-dark(#6b6b6b, #9a9a9a); font-size: 15px }
a { display: inline-block; padding: 10px 8px; color: light-dark(#576b95, #8fa6d1); text-decoration: none }
button, a.button { box-sizing: border-box; display: block; width: 100%; max-width: 240px; margin: 16px auto; padding: 10px; border: 0; border-radius: 8px; background: #077d43; color: #fff; font: inherit }
:is(a, button, input, summary):focus-visible { outline: 3px solid light-dark(#077d43, #3ccb80); outline-offset: 2px }
button.plain { background: #ededed; color: #1a1a1a }
@media (forced-colors: active) { button, a.button { border: 1px solid } }
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}
