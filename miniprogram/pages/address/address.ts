import type { ShippingAddress } from '../../../contract/shipping'
import { chooseAddress } from '../../platform/address'
import { textSizeClass } from '../../platform/device'
import { backToWebView, replaceWithWebView } from '../../platform/navigation'
import { leaveAddress } from '../../services/address-picks'
import { nothingTold, toldOf } from '../../services/failure'
import { words } from '../../words/words'
import { zh } from '../../words/zh'

/** Hands an address of WeChat's own list to the confirm page below. Only the pick's number is in this page's address. */
Page({
  data: {
    words: zh,
    textSize: '',
    /** choosing: WeChat's list is open, or the choice is on its way. refused: WeChat did not open its list. */
    state: 'choosing' as 'choosing' | 'refused' | 'failed',
    ...nothingTold,
  },

  pick: '',
  chosen: null as ShippingAddress | null,

  onLoad(query: { pick?: string }) {
    this.pick = query.pick ?? ''
    this.setData({ words: words(), textSize: textSizeClass() })
    wx.setNavigationBarTitle({ title: this.data.words.address.pageTitle })
    void this.choose()
  },

  async choose() {
    try {
      this.chosen = await chooseAddress()
    } catch (reason) {
      // errMsg names a permission, never an address.
      console.warn('the address list did not open', reason)
      return this.setData({ state: 'refused' })
    }
    await this.hand()
  },

  /** Sends what was chosen, which may be nothing, and goes back. */
  async hand() {
    this.setData({ state: 'choosing', ...nothingTold })
    try {
      if (this.chosen) await leaveAddress(this.pick, this.chosen)
      await this.onBack()
    } catch (thrown) {
      this.setData({ state: 'failed', ...toldOf(thrown, this.data.words) })
    }
  },

  async onBack() {
    if (!(await backToWebView())) await replaceWithWebView('/')
  },
})
