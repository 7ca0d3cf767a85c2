import type { ServerResponse } from 'node:http'
import { escapeHtml } from '../platform/html.ts'
import { pageInEnglish, readsEnglish } from '../world/english.ts'
import type { Person } from '../world/people.ts'
import { shownYuan } from '../world/shown-yuan.ts'
import { CASHIER_STYLE } from './cashier-style.ts'
import type { Order } from './order.ts'

/** A plain sign: a rounded square with the character for paying. */
const SIGN =
  '<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="8" fill="#1677ff"/><text x="14" y="20" text-anchor="middle" font-size="16" font-weight="700" fill="#fff">支</text></svg>'

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${CASHIER_STYLE}</style>
</head>
<body>
<header>${SIGN}<span>支付宝收银台</span><small>沙箱，不会真的扣款</small></header>
<main>
${body}
</main>
</body>
</html>
`
}

/** Sends one page of the cashier. It pays by one click, so nobody else may frame it. */
export function showPage(res: ServerResponse, title: string, body: string): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "frame-ancestors 'self'",
  }
  const html = page(title, body)
  const isEnglish = readsEnglish(res.req.headers['accept-language'])
  res.writeHead(200, headers).end(isEnglish ? pageInEnglish(html) : html)
}

/** The order, and what the buyer may do. `notice`: why it did not go the last time. */
export function payPage(given: {
  order: Order
  seller: string
  buyer: Person
  notice: string | null
}): string {
  const { order, seller, buyer, notice } = given
  const button = (outcome: string, text: string) =>
    `<button name="outcome" value="${outcome}">${text}</button>`
  return `<form method="post" class="pay">
<div class="sum">
<h1 class="merchant">${escapeHtml(seller)}</h1>
<p class="amount"><small>¥</small>${shownYuan(order.wish.amountFen)}</p>
<div class="card"><dl>
<div><dt>商品</dt><dd>${escapeHtml(order.wish.subject)}</dd></div>
<div><dt>付款账户</dt><dd>${escapeHtml(buyer.name)}</dd></div>
<div><dt>付款方式</dt><dd>账户余额（剩余 ¥${shownYuan(Math.max(buyer.balanceFen, 0))}）</dd></div>
</dl></div>
</div>
<div class="act">
${notice === null ? '' : `<p class="notice" role="alert">${escapeHtml(notice)}</p>`}
${button('paid', '确认付款')}
<button class="plain" name="outcome" value="cancelled">取消</button>
<details${notice === null ? '' : ' open'}><summary>试试别的情形</summary>
<div class="cases">${button('wrong-password', '密码错误')}${button('not-enough', '余额不足')}${button('lost', '已付款，但商家没有收到结果')}</div>
</details>
</div>
</form>`
}

/** An end without a way back to the merchant. */
export function endPage(title: string, text: string): string {
  return `<div class="done"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></div>`
}

/** On a device that nobody is known on. */
export function personPage(people: readonly Person[]): string {
  const buttons = people.map(
    ({ id, name }) => `<button name="user" value="${escapeHtml(id)}">${escapeHtml(name)}</button>`,
  )
  return `<h1>您是哪一位？</h1><p class="merchant">沙箱里的支付宝用户</p><form method="post" class="people">${buttons.join('')}</form>`
}

/** The page for a request that the gateway refused: the buyer reads a sentence, the developer the code. */
export function showFault(res: ServerResponse, node: Record<string, unknown>): void {
  const [message, code] = [String(node['sub_msg']), String(node['sub_code'])]
  showPage(res, '支付宝', endPage(message, `错误码：${code}`))
}
