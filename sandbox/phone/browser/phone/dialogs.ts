import type { Dialogs, Modal, Toast } from '../device.ts'
import { element } from '../element.ts'
import { takeFocus } from './take-focus.ts'

/** Dialogs drawn over one phone's screen, in WeChat's look. */
export function createDialogs(layer: HTMLElement): Dialogs {
  let toast: HTMLElement | null = null
  let toastTimer: ReturnType<typeof setTimeout> | undefined
  const hideToast = (): void => {
    clearTimeout(toastTimer)
    toast?.remove()
    toast = null
  }
  return {
    hideToast,
    showToast({ title, icon, durationMs, mask }: Toast) {
      hideToast()
      const sign = icon === 'none' ? [] : [element('i.toast-icon', { 'data-icon': icon })]
      toast = element(
        '.toast',
        { role: 'status', 'data-mask': mask },
        element('.toast-box', {}, ...sign, element('span', {}, title)),
      )
      layer.append(toast)
      if (Number.isFinite(durationMs)) toastTimer = setTimeout(hideToast, durationMs)
    },
    showModal: (modal) => new Promise((resolve) => show(layer, (close) => drawModal(modal, close), resolve)),
    showActionSheet: (items) =>
      new Promise((resolve) => show(layer, (close) => drawActionSheet(items, close), resolve)),
  }
}

/** Draws a dialog with the keyboard in it, and gives the keyboard back before its answer is heard. */
function show<Answer>(
  layer: HTMLElement,
  draw: (close: (answer: Answer) => void) => HTMLElement,
  resolve: (answer: Answer) => void,
): void {
  let giveBack = (): void => {}
  const veil = draw((answer) => {
    giveBack()
    resolve(answer)
  })
  layer.append(veil)
  giveBack = takeFocus(veil.firstElementChild as HTMLElement)
}

function drawModal(modal: Modal, resolve: (confirmed: boolean) => void): HTMLElement {
  const close = (confirmed: boolean) => (): void => {
    veil.remove()
    resolve(confirmed)
  }
  const cancel = modal.showCancel
    ? [element('button.modal-cancel', { type: 'button', onclick: close(false) }, modal.cancelText)]
    : []
  const box = element(
    '.modal',
    { role: 'alertdialog', 'aria-modal': 'true', 'aria-label': modal.title || modal.content },
    ...(modal.title ? [element('h2', {}, modal.title)] : []),
    element('p', {}, modal.content),
    ...(modal.note ? [element('p.modal-note', {}, modal.note)] : []),
    element(
      '.modal-buttons',
      {},
      ...cancel,
      element('button.modal-confirm', { type: 'button', onclick: close(true) }, modal.confirmText),
    ),
  )
  const veil = element('.veil.veil-centre', {}, box)
  return veil
}

function drawActionSheet(items: string[], resolve: (index: number | null) => void): HTMLElement {
  const close = (index: number | null) => (): void => {
    veil.remove()
    resolve(index)
  }
  const choices = items.map((item, index) =>
    element('button', { type: 'button', onclick: close(index) }, item),
  )
  const sheet = element(
    '.sheet.action-sheet',
    { role: 'dialog', 'aria-modal': 'true', 'aria-label': '请选择' },
    ...choices,
    element('button.action-sheet-cancel', { type: 'button', onclick: close(null) }, '取消'),
  )
  const veil = element('.veil', {}, sheet)
  veil.addEventListener('click', (event) => event.target === veil && close(null)())
  return veil
}
