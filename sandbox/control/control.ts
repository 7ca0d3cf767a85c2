import express from 'express'
import type { Alipay } from '../alipay/alipay.ts'
import type { NotifySender } from '../gateway/notify-sender.ts'
import type { Merchant } from '../world/merchants.ts'
import type { World } from '../world/world.ts'
import { addAlipayRoutes } from './alipay-routes.ts'
import { addAppRoutes } from './app-routes.ts'
import { addEventRoutes } from './event-routes.ts'
import { addPeopleRoutes } from './people-routes.ts'
import { refuse } from './respond.ts'
import { addRefundRoutes } from './refund-routes.ts'
import { addRuleRoutes } from './rule-routes.ts'
import { addStateRoutes } from './state-routes.ts'
import { addVerdictRoutes } from './verdict-routes.ts'
import type { VerdictReach } from './verdict-routes.ts'

/** What the control plane works with. */
interface ControlDeps extends VerdictReach {
  sender: NotifySender
  alipay: Alipay
}

/** What tests and people hold: everything under /_sandbox/. */
export function createControl(world: World, { sender, alipay, ...reach }: ControlDeps): express.Router {
  const router = express.Router()
  router.use(express.json({ limit: '256kb' }))
  router.get('/merchants', (_req, res) => {
    res.json({
      merchants: [...world.merchants.byMchid.values()].map((merchant) => merchantView(world, merchant)),
    })
  })
  addAlipayRoutes(router, world, alipay)
  addPeopleRoutes(router, world)
  addAppRoutes(router, world)
  addStateRoutes(router, world, sender)
  addRefundRoutes(router, world)
  addRuleRoutes(router, world)
  addEventRoutes(router, world)
  addVerdictRoutes(router, world, reach)
  router.use((req, res) =>
    refuse(
      res,
      404,
      `no control route ${req.method} ${req.originalUrl.slice(0, 100)}: begin with GET /_sandbox/merchants, /_sandbox/ledger or /_sandbox/calls; docs/sandbox.md lists all`,
    ),
  )
  return router
}

/** Everything a client needs to speak for the merchant and to believe WeChat. */
function merchantView(world: World, merchant: Merchant): object {
  const apps = (appids: readonly string[]) =>
    appids.flatMap((appid) => {
      const app = world.merchants.apps.get(appid)
      return app ? [{ appid, appsecret: app.appsecret, kind: app.kind, name: app.name }] : []
    })
  return {
    mchid: merchant.mchid,
    name: merchant.name,
    role: merchant.role,
    mode: merchant.mode,
    publicKeyPercent: merchant.publicKeyPercent,
    serialNo: merchant.serialNo,
    privateKeyPem: merchant.privateKeyPem,
    certificatePem: merchant.certificatePem,
    apiV3Key: merchant.apiV3Key,
    appids: apps(merchant.appids),
    publicKeyId: merchant.publicKeyId,
    publicKeyPem: merchant.publicKeyPem,
    platformSerialNo: merchant.platformSerialNo,
    platformCertificatePem: merchant.platformCertificatePem,
    subMerchants: merchant.subMerchants.map((sub) => ({
      mchid: sub.mchid,
      name: sub.name,
      appids: apps(sub.appids),
    })),
  }
}
