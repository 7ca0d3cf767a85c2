import type { Removal } from './removal.ts'

const binding = 'test/integration/identity-binding.test.ts'
const oauth = 'test/integration/identity-oauth.test.ts'

/** The rules that accounts and sessions hang on. */
export const accountRemovals: readonly Removal[] = [
  {
    rule: 'two openids of one app are two people, and are not joined',
    file: 'server/store/accounts.ts',
    states: '    select count(appid) = count(distinct appid) and count(distinct unionid) <= 1 as is_one\n',
    without: '    select true as is_one\n',
    tests: [binding],
    titled: 'two people',
  },
  {
    rule: 'the database holds an account to one openid of an app',
    file: 'server/store/migrations/0018b-account-indexes.sql',
    states:
      'create unique index concurrently one_openid_an_app on identities (account_id, appid) where sole;\n',
    without: '',
    tests: [binding],
    titled: 'are not joined by the database either',
  },
  {
    rule: 'a join that was refused is over',
    file: 'server/identity/join-accounts.ts',
    states: 'if (!offer || offer.refused_at !== null) throw joinIsOver()',
    without: 'if (!offer) throw joinIsOver()',
    tests: [binding],
    titled: 'that is refused joins nothing',
  },
  {
    rule: 'a browser that was joined speaks for no account',
    file: 'server/identity/join-accounts.ts',
    states: '  if (await isJoinedBrowser(db, session))\n',
    without: '  if ((await isJoinedBrowser(db, session)) && false)\n',
    tests: [binding],
    titled: 'who use one computer',
  },
  {
    rule: 'an order remembers the account that placed it',
    file: 'server/orders/place-order.ts',
    states: '    origin_id: input.originId,\n',
    without: '    origin_id: null,\n',
    tests: [binding],
    titled: 'splits what was joined',
  },
  {
    rule: 'another openid ends the session that a browser had',
    file: 'server/http/web-session.ts',
    states: '  if (known) await endSession(browser.services, known)\n',
    without: '',
    tests: [oauth],
    titled: 'the other person’s from then on',
  },
  {
    rule: 'a lost exchange does not spend the state',
    file: 'server/store/sessions.ts',
    states: '    .set((eb) => ({ claimed_at: wanted.now,',
    without: '    .set((eb) => ({ used_at: wanted.now, claimed_at: wanted.now,',
    tests: [oauth],
    titled: 'does not spend the state',
  },
  {
    rule: 'one state is exchanged a few times at most',
    file: 'server/store/sessions.ts',
    states: "    .where('exchange_count', '<', wanted.mostExchanges)\n",
    without: '',
    tests: [oauth],
    titled: 'is tried no more than a few times',
  },
  {
    rule: 'a pre-session is the server’s own',
    file: 'server/identity/oauth.ts',
    states: 'known !== undefined && (await isKnownPreSession(deps.db, { ...of(known), now }))',
    without: 'known !== undefined',
    tests: [oauth],
    titled: 'does not become the pre-session',
  },
  {
    rule: 'a session that was given out under __Host- is not found without it',
    file: 'server/http/web-session.ts',
    states: '    if (!session || session.is_prefixed !== isPrefixed) continue\n',
    without: '    if (!session) continue\n',
    tests: [oauth],
    titled: 'has not the prefix',
  },
  {
    rule: 'a ticket opens nothing outside WeChat',
    file: 'h5/enter/enter.ts',
    states: '  if (!(await deps.isHeldByMiniProgram())) {\n',
    without: '  if (false as boolean) {\n',
    tests: ['test/unit/h5-enter.test.ts'],
    titled: 'outside the mini-program',
  },
]
