/** Every timeout, lifetime and count of the server, with its unit in the name and its reason beside it. */
export const limits = {
  /** An unpaid order holds its price this long. */
  orderLifetimeMs: 30 * 60_000,
  /** After expiry WeChat may still be finishing a payment that began in time. */
  expiryGraceMs: 60_000,
  /**
   * No cashier is opened with less than this left: a buyer needs the time, and WeChat gives an order at least a minute,
   * so a prepay sent later would outlive ours. https://pay.weixin.qq.com/doc/v3/merchant/4012525167 (time_expire)
   */
  payBeforeExpiryMs: 60_000,
  /**
   * What opens a cashier lives 2 h (prepay_id, code_url) or 5 minutes (h5_url) at WeChat; refreshed earlier so that a
   * customer who hesitates does not meet the edge. Alipay's links are signed at the tap.
   */
  handleLifetimeMs: {
    'mini-program': 110 * 60_000,
    jsapi: 110 * 60_000,
    'native-qr': 110 * 60_000,
    h5: 4 * 60_000,
    'alipay-wap': 4 * 60_000,
    'alipay-page': 4 * 60_000,
  },
  /** Queries after prepay when no notification comes: WeChat's own advice. https://pay.weixin.qq.com/doc/v3/merchant/4012075249 */
  queryLadderMs: [5_000, 30_000, 60_000, 180_000, 300_000, 600_000, 1_800_000],
  /** Beyond the ladder, for payments that live longer. */
  queryEveryMs: 10 * 60_000,
  /** A close that WeChat refused: it asks for 5 minutes between creation and close. */
  closeRetryMs: 60_000,
  /** A claimed check that never came back (a killed process) is claimed again after this. */
  checkLeaseMs: 30_000,
  /** "Ask now" becomes at most one query a payment in this time, whoever asks. Machine time. */
  askEveryMs: 2_000,
  /** A client fetches launch parameters of a new payment within this time; one without any later than that is unpaid. */
  launchFollowsMs: 3_000,
  /** Without a word from the cashier, two NOTPAY answers count as unpaid only after this time … */
  silenceBeforeUnpaidMs: 10_000,
  /** … and only when they are this far apart. */
  unpaidProofGapMs: 3_000,
  /** After the cashier said ok, the result page waits this long for proof before it offers to refresh. */
  okWithoutProofMs: 30_000,
  /** How soon the result page looks again: while checking, and while unpaid but still payable. */
  resultAskAgainMs: 1_000,
  resultUnpaidAskAgainMs: 2_000,
  /** The webhook answers within WeChat's 5 s; settling that takes longer is finished after the answer. */
  settleBeforeAnswerMs: 2_000,
  /** A stored notification that nobody settled (a crash) is taken up after this. Machine time. */
  unsettledNotificationMs: 10_000,
  /** When settling it fails, it is tried again after each of these, then every hour. Machine time. */
  notificationLadderMs: [10_000, 30_000, 120_000, 600_000, 3_600_000],
  /** After so many failed tries, about a quarter of an hour, an operator is shown it with the reason. */
  notificationTriesCount: 5,

  /** A payment that has not ended so long after its expiry is shown to an operator: by then it was closed sixty times. */
  paymentLeftOpenMs: 60 * 60_000,
  /** So is a refund that WeChat refuses for want of money, and one that it has not ended: a bank card takes three working days. */
  refusedRefundLeftOpenMs: 60 * 60_000,
  refundLeftOpenMs: 7 * 24 * 60 * 60_000,
  /** How often both are looked for. Machine time. */
  leftOpenEveryMs: 60_000,

  /** Settled notifications (machine time) and finished deliveries are kept this long, for whoever asks what happened. */
  notificationKeptMs: 90 * 24 * 60 * 60_000,
  deliveryKeptMs: 90 * 24 * 60 * 60_000,
  /** A request that comes again after this is a new order: no client tries that long. */
  orderRequestKeptMs: 7 * 24 * 60 * 60_000,
  /** An order that closed without a cashier ever opened is deleted after this. Longer than its key is kept. */
  unlaunchedOrderKeptMs: 30 * 24 * 60 * 60_000,

  /** Single use, one page load: https://developers.weixin.qq.com/miniprogram/en/dev/component/web-view.html */
  webViewTicketLifetimeMs: 60_000,
  /** As long as WeChat's own code lives. */
  oauthStateLifetimeMs: 5 * 60_000,
  /** Android's WeChat may call back twice with one code; the second is signed in too within this time. */
  oauthRepeatMs: 60_000,
  /** An exchange of an OAuth code that has not ended after this was lost with its server; another callback may try. */
  oauthExchangeMs: 10_000,
  /** Exchanges that one sign-in may try: each asks WeChat. */
  oauthExchangesOfStateCount: 5,
  bindCodeLifetimeMs: 5 * 60_000,
  /** An address chosen on the native page waits this long for the web-view below it. */
  addressPickLifetimeMs: 10 * 60_000,
  /** How long the account that shows a bind code has to confirm the account that typed it in. */
  joinLifetimeMs: 5 * 60_000,
  /** A browser that was joined to a WeChat account: its orders are seen there too, and it can be joined again. */
  joinedBrowserLifetimeMs: 30 * 24 * 60 * 60_000,
  /** A shared computer's session ends with the browser, or after this when the browser is left open. */
  sharedSessionLifetimeMs: 2 * 60 * 60_000,
  /** Nobody can sign in again where nobody signed in: as long as an order may be refunded. */
  browserSessionLifetimeMs: 366 * 24 * 60 * 60_000,
  /** An anonymous account that has bought nothing is forgotten after this. */
  idleBrowserMs: 7 * 24 * 60 * 60_000,
  /** A link that shows a payment's outcome in another browser: the order's own time and a while to find it. */
  statusLinkLifetimeMs: 60 * 60_000,
  /** A native session is renewed silently by wx.login, a web session by a ticket or by OAuth. */
  sessionLifetimeMs: 7 * 24 * 60 * 60_000,

  /** WeChat's own limits of refunds. https://pay.weixin.qq.com/doc/v3/merchant/4012556457 */
  refundWithinMs: 365 * 24 * 60 * 60_000,
  refundsOfPaymentCount: 50,
  /** Refund requests of one order that its customer withdraws: each one, and each step of it, is a row that stays. */
  withdrawalsOfOrderCount: 5,
  /** A second more than the minute that WeChat wants between two refunds of a payment. */
  refundEveryMs: 61_000,
  /** A refund above its operator's limit waits this long for another operator. */
  refundApprovalLifetimeMs: 24 * 60 * 60_000,
  /** Queries after a refund was sent: a purse takes minutes, a bank card days. Then every hour until it is over. */
  refundLadderMs: [5_000, 30_000, 60_000, 180_000, 600_000, 1_800_000],
  refundQueryEveryMs: 60 * 60_000,
  /**
   * A refusal of a repeated send is not believed while the first send is unanswered: the channel is asked about the number
   * after each of these, and the refusal counts after a minute and so many answers that there is no such refund.
   */
  refundDoubtLadderMs: [5_000, 20_000, 40_000, 61_000],
  refundDoubtMs: 60_000,
  refundDoubtAbsentCount: 3,
  /**
   * A paid payment is looked at again so long after it was paid, until the last of them: money may have gone back on the
   * channel's own platform, which tells only the address that is set there.
   */
  secondLookLadderMs: [24 * 60 * 60_000, 7 * 24 * 60 * 60_000, 30 * 24 * 60 * 60_000],
  /** Second looks that one server takes a second at most, and when one that got no answer is taken again. */
  secondLookBatchCount: 20,
  secondLookRetryMs: 60 * 60_000,

  /** A subscriber that does not take a message is tried again after each of these; then an operator has to. */
  deliveryLadderMs: [5_000, 30_000, 120_000, 600_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000],
  /** What waits for a subscriber that is no longer configured waits this long, so that a mistake costs nothing; then it ends. */
  unsubscribedKeptMs: 24 * 60 * 60_000,
  /** So many of them end at a time, once a minute: nobody is in a hurry, and the sweep waits. */
  unsubscribedBatchCount: 200,
  /** From looking the name up to the answer's status. Well within a lease. */
  deliverWithinMs: 5_000,
  /** Messages that are under way to one subscriber at a time, from one server. */
  deliveryBatchCount: 10,
  /** An answer's body is read no further, and not kept. */
  deliveryAnswerBytes: 16 * 1024,

  /** WeChat takes refunds for a year, so a merchant's keys are needed that long, and a day for time zones. */
  merchantKeptMs: 366 * 24 * 60 * 60_000,

  /** Pieces of a product: far more than any shop has, far less than an integer column takes. */
  stockMost: 100_000_000,
  /** Unpaid orders of one person that may hold pieces of what is limited: more would keep a shop sold out for nothing. */
  unpaidHoldingOrdersCount: 20,
  /**
   * Caps on what is unpaid at a time (decision 0025): orders of one account, and pieces that they hold of limited products;
   * fewer pieces for an anonymous browser, which can be a new account for each order.
   */
  unpaidOrdersCount: 30,
  unpaidPiecesCount: 1_000,
  unpaidPiecesOfBrowserCount: 200,
  /** The same for all browsers of one network together: hundreds of people may shop behind one address. */
  unpaidOrdersOfNetworkCount: 300,
  /** They hold at most this share of the pieces that are left of a product, or this many where few are left. */
  networkShareOfStock: 1 / 5,
  networkPiecesCount: 10,
  /** All networks of one IPv6 site (/48) together: a rented server has a whole one, and so does a large office. */
  siteShareOfStock: 2 / 5,
  sitePiecesCount: 20,
  /** Attempts to pay an order, and the unpaid orders of an account and a network: each costs about ten calls to the provider. */
  attemptsOfOrderCount: 20,
  attemptsOfAccountCount: 120,
  attemptsOfNetworkCount: 1_200,
  /** Lines an order may have. */
  orderLineCount: 20,
  pageSize: 10,
  /** The list of an account's orders with refunds looks at this many of its newest orders. */
  refundListCount: 1_000,
  /** Orders are counted up to here; clients say 99+ for it. */
  countedOrdersCount: 100,
  /**
   * How often per minute; what each counts by is in server/http/rate-limits.ts, why in decision 0025. Failures first: beyond
   * the number they are answered with 429, while what is right is still answered. Misses (404) of one account, and of links
   * from one network; wrong tickets, callbacks and operators' tokens from one network.
   */
  missesPerMinute: 30,
  signInsPerMinute: 60,
  operatorTriesPerMinute: 20,
  /** Each wrong login code costs a call to WeChat; beyond this the network signs in no more in this minute. */
  loginCodesPerMinute: 300,
  loginCodesOfSitePerMinute: 1_200,
  /** Then requests. A page of a mini-program takes one ticket. */
  ticketsPerMinute: 60,
  /** Orders that one account, and all browsers of one network that nobody signed in at, cancel. */
  cancelsPerMinute: 10,
  cancelsOfNetworkPerMinute: 60,
  /** Sign-ins that one browser begins or ends, and that one network begins: a push message brings hundreds at once. */
  oauthOfBrowserPerMinute: 60,
  oauthOfNetworkPerMinute: 1_200,
  oauthOfSitePerMinute: 4_800,
  /** New anonymous accounts from one network, and from all networks of one IPv6 site; an office may come at once, a script may not. */
  browserSessionsPerMinute: 60,
  browserSessionsOfSitePerMinute: 240,
  /**
   * Bind codes that are made, and tries at typing one in: of one account; of accounts that WeChat does not know in one
   * network (IPv4 /24, IPv6 /64) and one site (IPv6 /48); of all those; of all that WeChat knows. What a guess is worth
   * then: decision 0019.
   */
  bindCodesPerMinute: 5,
  bindCodesOfNetworkPerMinute: 30,
  bindCodesOfSitePerMinute: 60,
  bindCodesOfStrangersPerMinute: 600,
  bindCodesOfKnownPerMinute: 3_000,
  bindTriesPerMinute: 5,
  bindTriesOfNetworkPerMinute: 30,
  bindTriesOfSitePerMinute: 60,
  bindTriesOfStrangersPerMinute: 300,
  bindTriesOfKnownPerMinute: 1_200,
  /** Payments that one step of reading the books takes: all that is in memory at a time. */
  booksPageCount: 500,
  /** Payments of one payee that one server asks about at a time, refunds too; and how often due ones are looked for (machine time). */
  sweepBatchCount: 50,
  sweepEveryMs: 1_000,
  /** Stored notifications settled at a time: fewer than the connections that they use. */
  notificationsAtOnceCount: 5,
  /** How often old rows are looked for, how long one kind is worked on then, and when a server that died in it is replaced. */
  cleanUpEveryMs: 60_000,
  choreTurnMs: 30_000,
  choreLeaseMs: 5 * 60_000,
  /** A batch takes milliseconds; one that takes this long is ended, since something is wrong with its plan. */
  cleanUpStatementMs: 5_000,
  /** A clock that is further off is named in the log and by /readyz; further than the second, this server gets no traffic. */
  clockWarnMs: 30_000,
  clockFailMs: 4 * 60_000,
  /** Where no answer tells the time it is asked for so often, and each answer is waited for so long. */
  clockLookEveryMs: 60 * 60_000,
  clockLookMs: 5_000,
  /** A request's headers, and all of it, must have come within this: slower ones only hold a connection. */
  headersWithinMs: 10_000,
  requestWithinMs: 15_000,
  /** A connection that idles lives longer here than at the proxy in front (60 s is usual), or it sends into a closing one. */
  idleConnectionMs: 65_000,
  /** Body of a notification: WeChat's are about 2 kB. */
  notificationBytes: 64 * 1024,
  /** Connections to PostgreSQL: more than this only adds latency. */
  databaseConnectionCount: 10,
  /** Opening one, at each host: one that swallows packets would hold a customer for minutes. */
  databaseConnectMs: 2_000,
  /** Waiting for one while all are in use. Longer than a lock is waited for, so that others get theirs. */
  databaseQueueMs: 5_000,
  /** An idle connection is probed by TCP after this: firewalls forget idle ones without a word. */
  databaseKeepAliveMs: 10_000,
  /**
   * A transaction that says nothing for so long is ended by PostgreSQL, with its locks: a server whose host is gone would
   * hold an order or a product for the two hours that TCP waits. Ours pause for milliseconds.
   */
  transactionPauseMs: 6_000,
  /**
   * A row or table that another transaction holds, e.g. one forgotten in psql, is waited for no longer: a few taps on one
   * order would hold every connection, and the sweep.
   */
  lockWaitMs: 3_000,
  /** PostgreSQL ends a statement after this; ours take milliseconds. */
  statementMs: 4_000,
  /** A connection that answers nothing for so long is dead, and dropped: service goes on within five seconds. */
  databaseAnswerMs: 4_500,
  /** A migration may scan or index a large table. */
  longStatementMs: 60 * 60_000,
  /** Writing requests about one order or by one account that work at a time: the others leave the connections to others. */
  writesAtOnce: 3,
  /** More wait for their turn, so long at most: taps that arrive together are all answered when the order is not held. */
  writesWaitingCount: 100,
  writesWaitMs: 15_000,
  /** While PostgreSQL is out, clients are asked to come again after this. */
  outageRetryMs: 5_000,
  /** /readyz answers within this: a load balancer's own patience is a few seconds. */
  readyWithinMs: 2_000,
  /** Queries that all get no answer for so long mean that this process has lost PostgreSQL for good: /livez asks for a restart. */
  databaseSilentMs: 30_000,
  /** A stop, once it takes no more requests, waits this long for those under way, and for checks and deliveries … */
  stopWithinMs: 8_000,
  /** … and this long for everything; then the process ends by itself. What is cut off is taken up after its lease. */
  exitWithinMs: 9_500,
} as const
