import type { Dialogs } from '../device.ts'
import { element } from '../element.ts'
import { lookAround } from './camera.ts'

/** Between two looks, as long as no code is in sight. */
const LOOK_AGAIN_MS = 400

/**
 * 扫一扫: looks at the other screens until a code is in sight or the person gives up. Of several codes they choose.
 * @returns what the code says; null: given up
 */
export function scanCode(layer: HTMLElement, dialogs: Dialogs): Promise<string | null> {
  return new Promise((resolve) => {
    let isOpen = true
    const close = (): void => {
      isOpen = false
      finder.remove()
    }
    const finder = element(
      '.scanner',
      { role: 'dialog', 'aria-modal': 'true', 'aria-label': '扫一扫' },
      element('i.scanner-frame'),
      element('p', {}, '正在看旁边的屏幕，请把二维码显示出来'),
      element(
        'button',
        {
          type: 'button',
          onclick() {
            close()
            resolve(null)
          },
        },
        '取消',
      ),
    )
    layer.append(finder)
    const look = async (): Promise<void> => {
      const texts = await lookAround()
      if (!isOpen) return
      if (texts.length === 0) return void setTimeout(() => void look(), LOOK_AGAIN_MS)
      close()
      resolve(await choose(texts, dialogs))
    }
    void look()
  })
}

/** WeChat shows the text of a code that leads nowhere. */
export async function showScanned(dialogs: Dialogs, text: string): Promise<void> {
  await dialogs.showModal({
    title: '扫描结果',
    content: text,
    confirmText: '知道了',
    cancelText: '',
    showCancel: false,
  })
}

async function choose(texts: string[], dialogs: Dialogs): Promise<string | null> {
  if (texts.length === 1) return texts[0] ?? null
  const index = await dialogs.showActionSheet(texts)
  return index === null ? null : (texts[index] ?? null)
}
