/**
 * Takes the keyboard to a dialog of the phone, and answers what gives it back. The dialog itself has the focus, not its
 * first button: a key that is still pressed answers nothing. The focus inside a web page's frame stays there, since its
 * page would see blur and focus events that no phone sends.
 */
export function takeFocus(dialog: HTMLElement): () => void {
  const before = document.activeElement
  if (!(before instanceof HTMLElement) || before instanceof HTMLIFrameElement || !document.hasFocus())
    return () => {}
  dialog.tabIndex = -1
  dialog.focus({ preventScroll: true })
  return () => before.focus({ preventScroll: true })
}
