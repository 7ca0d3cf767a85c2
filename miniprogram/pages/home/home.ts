import type { Product } from '../../../contract/product'
import { host } from '../../config'
import { textSizeClass } from '../../platform/device'
import { openWebView } from '../../platform/navigation'
import { listProducts } from '../../services/catalog'
import { nothingTold, toldOf } from '../../services/failure'
import { priceText } from '../../services/fen'
import { words } from '../../words/words'
import { zh } from '../../words/zh'

const recommendedCount = 4

interface Card {
  id: string
  name: string
  summary: string
  picture: string
  price: string
}

Page({
  data: {
    words: zh,
    textSize: '',
    loading: true,
    ...nothingTold,
    cards: [] as Card[],
    /** Keeps the place of the goods while they load. */
    ghosts: [1, 2, 3, 4],
  },

  onLoad() {
    this.setData({ words: words(), textSize: textSizeClass() })
    wx.setNavigationBarTitle({ title: this.data.words.home.shopName })
    void this.load()
  },

  async onPullDownRefresh() {
    await this.load()
    wx.stopPullDownRefresh()
  },

  /** Shows the first goods of the catalogue; what is on the screen stays there until the answer has come. */
  async load() {
    this.setData({ loading: true, ...nothingTold })
    try {
      const products = await listProducts()
      this.setData({ loading: false, cards: products.slice(0, recommendedCount).map(cardOf) })
    } catch (thrown) {
      this.setData({ loading: false, ...toldOf(thrown, this.data.words) })
    }
  },

  onOrder() {
    void openWebView('/')
  },

  onMyOrders() {
    void openWebView('/orders')
  },

  onProduct(event: WechatMiniprogram.TouchEvent) {
    void openWebView(`/products/${encodeURIComponent(event.currentTarget.dataset.id as string)}`)
  },

  onShareAppMessage() {
    return { title: this.data.words.home.shopName, path: '/pages/home/home' }
  },
})

function cardOf({ id, name, summary, picture, priceFen }: Product): Card {
  return { id, name, summary, picture: host() + picture, price: priceText(priceFen) }
}
