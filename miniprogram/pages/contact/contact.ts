import { textSizeClass } from '../../platform/device'
import { words } from '../../words/words'
import { zh } from '../../words/zh'

/** Opens WeChat's support chat. Only a tap on a native button with open-type="contact" may do so. */
Page({
  data: { words: zh, textSize: '' },

  onLoad() {
    this.setData({ words: words(), textSize: textSizeClass() })
    wx.setNavigationBarTitle({ title: this.data.words.contact.pageTitle })
  },
})
