import { isBaseLibraryOld, leadToUpgrade } from '../platform/base-library'
import { words } from '../words/words'

/** Tells somebody whose WeChat is too old for the pages to upgrade it. The pages try all the same. */
export function askForUpgrade(): void {
  if (!isBaseLibraryOld()) return
  const { title, message, confirm } = words().upgrade
  wx.showModal({
    title,
    content: message,
    confirmText: confirm,
    showCancel: false,
    success: ({ confirm: isConfirmed }) => {
      if (isConfirmed) leadToUpgrade()
    },
  })
}
