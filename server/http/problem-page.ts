import type { Request } from 'express'
import type { Problem } from '../../contract/problem.ts'

const words = {
  'zh-CN': { title: '出了点问题', retry: '重试', home: '回到首页', request: '请求编号' },
  en: { title: 'Something went wrong', retry: 'Try again', home: 'Back to the shop', request: 'Request no.' },
}

/** Problems have Chinese sentences. A page in English says one of these instead. */
const englishOf = ({ code }: Problem): string =>
  code === 'wechat-silent'
    ? 'WeChat does not answer. Please try again in a moment.'
    : 'This did not work. Please try again in a moment.'

/**
 * A problem as a page, for a browser that was sent here, e.g. back from WeChat's login. Nothing of the request stands in it but the number
 * that this server gave it, by which the shop finds it in its log.
 * `retryPath` is a path of this site that was made by encodeURIComponent. Its styles are h5/public/problem.css, since the
 * content security policy refuses styles inside a page.
 */
export function problemPage(req: Request, problem: Problem, retryPath?: string): string {
  const language = req.acceptsLanguages('zh-CN', 'zh', 'en') === 'en' ? 'en' : 'zh-CN'
  const { title, retry, home, request } = words[language]
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/problem.css">
<title>${title}</title>
<main>
<h1>${title}</h1>
<p>${language === 'en' ? englishOf(problem) : problem.detail}</p>
${retryPath === undefined ? '' : `<p><a href="${retryPath}">${retry}</a></p>\n`}<p><a href="/">${home}</a></p>
<p class="request">${request} <b>${problem.requestId}</b></p>
</main>
`
}
