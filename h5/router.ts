import { nextTick } from 'vue'
import { createRouter, createWebHistory, START_LOCATION } from 'vue-router'
import { t } from './i18n/t.ts'
import type { Sentence } from './i18n/zh-cn.ts'
import CataloguePage from './pages/CataloguePage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** The page's name, in the title bar of WeChat. */
    title: Sentence
    /** Whether the page is one of the three that the tab bar leads to. */
    hasTabs?: boolean
  }
}

export const history = createWebHistory('/')

export const router = createRouter({
  history,
  routes: [
    { path: '/', component: CataloguePage, meta: { title: 'shop.name', hasTabs: true } },
    {
      path: '/products/:id([a-z0-9-]+)',
      component: () => import('./pages/ProductPage.vue'),
      props: true,
      meta: { title: 'title.product' },
    },
    {
      path: '/confirm',
      component: () => import('./pages/ConfirmPage.vue'),
      meta: { title: 'title.confirm' },
    },
    {
      path: '/orders',
      component: () => import('./pages/OrdersPage.vue'),
      meta: { title: 'tabs.orders', hasTabs: true },
    },
    {
      path: '/orders/:id([0-9A-Za-z]{13})',
      component: () => import('./pages/OrderPage.vue'),
      props: true,
      meta: { title: 'title.order' },
    },
    {
      path: '/orders/:id([0-9A-Za-z]{13})/result',
      component: () => import('./pages/ResultPage.vue'),
      props: true,
      meta: { title: 'title.result' },
    },
    {
      path: '/orders/:id([0-9A-Za-z]{13})/return',
      component: () => import('./pages/ReturnPage.vue'),
      props: true,
      meta: { title: 'title.result' },
    },
    {
      path: '/payments',
      component: () => import('./pages/PaymentsPage.vue'),
      meta: { title: 'title.payments' },
    },
    { path: '/me', component: () => import('./pages/MePage.vue'), meta: { title: 'tabs.me', hasTabs: true } },
    {
      path: '/:lost(.*)',
      component: () => import('./pages/LostPage.vue'),
      meta: { title: 'title.lost' },
    },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

router.afterEach((to, from) => {
  document.title = t(to.meta.title)
  // Readers of the screen are taken to the new page's name; the first page is theirs to explore.
  if (from === START_LOCATION || to.path === from.path) return
  void nextTick(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }))
})
