import type { ShareCard } from '../device.ts'
import { element } from '../element.ts'

/** A card somebody has sent to this phone. */
export interface ReceivedCard extends ShareCard {
  from: string
}

interface ConversationActions {
  scan(): void
  openMiniProgram(): void
  openOfficialAccount(): void
  openCard(card: ReceivedCard): void
}

/** WeChat's first screen: the doors to the shop, and the cards that friends have sent. */
export function drawConversations(
  names: { miniProgram: string; cards: readonly ReceivedCard[]; hasCamera: boolean },
  actions: ConversationActions,
): HTMLElement {
  const row = (kind: string, title: string, line: string, open: () => void): HTMLElement =>
    element(
      'button.conversation',
      { type: 'button', 'data-kind': kind, onclick: open },
      element('i.conversation-picture'),
      element('span.conversation-title', {}, title),
      element('span.conversation-line', {}, line),
    )
  return element(
    '.conversations',
    {},
    ...(names.hasCamera ? [row('scan', '扫一扫', '对准旁边屏幕上的二维码', actions.scan)] : []),
    row('mini-program', names.miniProgram, '小程序 · 最近使用', actions.openMiniProgram),
    row('official-account', '桥付公众号', '公众号 · 点这里进入商城', actions.openOfficialAccount),
    ...names.cards.map((card) =>
      row('card', card.from, `[${card.link === undefined ? '小程序' : '链接'}] ${card.title}`, () =>
        actions.openCard(card),
      ),
    ),
  )
}
