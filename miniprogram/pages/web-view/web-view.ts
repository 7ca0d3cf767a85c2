import { host } from '../../config'
import { textSizeClass } from '../../platform/device'
import { webViewUrl } from '../../platform/navigation'
import { nothingTold, toldOf } from '../../services/failure'
import { h5Path, sharedPath } from '../../services/h5-path'
import { webViewAddress } from '../../services/web-view-address'
import { words } from '../../words/words'
import { zh } from '../../words/zh'

Page({
  data: {
    words: zh,
    textSize: '',
    /** Address with a ticket that works once; empty until it is there, and again after a failure. */
    src: '',
    ...nothingTold,
  },

  /** The H5 path this page was opened for. */
  path: '/',
  gone: false,

  onLoad(query: { to?: string }) {
    this.path = h5Path(query.to)
    this.setData({ words: words(), textSize: textSizeClass() })
    void this.open()
  },

  onUnload() {
    this.gone = true
  },

  /** Signs the web-view in with a fresh ticket; a ticket is never kept or used again. */
  async open() {
    this.setData({ src: '', ...nothingTold })
    try {
      const src = await webViewAddress(this.path)
      if (!this.gone) this.setData({ src })
    } catch (thrown) {
      if (!this.gone) this.setData({ ...toldOf(thrown, this.data.words) })
    }
  },

  onWebViewError() {
    this.setData({ src: '', failure: 'page', note: '' })
  },

  /** A card carries the path on the screen and nothing else: no ticket, no query. */
  onShareAppMessage({ webViewUrl: address }: { webViewUrl?: string }) {
    return {
      title: this.data.words.webView.shareTitle,
      path: webViewUrl(sharedPath(address, this.path, host())),
    }
  },
})
