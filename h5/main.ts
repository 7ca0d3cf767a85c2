import { createApp } from 'vue'
import App from './App.vue'
import { reloadOnceWhenChunksAreGone } from './chunk-loss.ts'
import { keptLanguage } from './i18n/language.ts'
import { speak } from './i18n/t.ts'
import { layPagesBehindColdStart } from './payment/order-history.ts'
import { history, router } from './router.ts'
import { heedTextSize } from './text-size.ts'
import { heedTitleBar } from './title-bar.ts'

async function start(): Promise<void> {
  reloadOnceWhenChunksAreGone(router)
  heedTextSize()
  heedTitleBar()
  await speak(keptLanguage())
  const app = createApp(App).use(router)
  // A first page that does not load is App.vue's to say.
  await router.isReady().catch(() => {})
  layPagesBehindColdStart(history)
  app.mount('#app')
  // Without it only the keyboard's place is lost.
  void import('./keep-focus.ts').then(
    ({ keepFocus }) => keepFocus(document.body),
    () => {},
  )
}

void start()
