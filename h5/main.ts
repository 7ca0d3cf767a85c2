import { createApp } from 'vue'
import App from './App.vue'
import { tabMemory } from './entry/tab-memory.ts'
import { chooseLanguage } from './i18n/language.ts'
import { speak } from './i18n/t.ts'
import { heedTextSize } from './text-size.ts'
import { reloadOnceWhenChunksAreGone } from './chunk-loss.ts'
import { layPagesBehindColdStart } from './payment/order-history.ts'
import { history, router } from './router.ts'

const languageKey = 'qiaofu.language'

async function start(): Promise<void> {
  reloadOnceWhenChunksAreGone(router)
  heedTextSize()
  const query = new URLSearchParams(location.search).get('lang')
  const chosen = chooseLanguage({
    query,
    kept: tabMemory.get(languageKey),
    userAgent: navigator.userAgent,
    preferred: navigator.languages,
  })
  if (query) tabMemory.set(languageKey, chosen)
  await speak(chosen)
  const app = createApp(App).use(router)
  await router.isReady().catch(() => {})
  layPagesBehindColdStart(history)
  app.mount('#app')
}

void start()
