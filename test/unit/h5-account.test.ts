// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import { h5PageStage, json, problem } from '../support/h5-page-stage.ts'

const page = h5PageStage()

describe('joining accounts', () => {
  const me = {
    displayName: '用户 7KQ2M9',
    entry: { code: '02', kind: 'mini-program' },
    joined: false,
    isShared: false,
    isJoinedBrowser: false,
  }

  test('says who one is, and what a refusal means, in the language of the page', async () => {
    const { speak } = await import('../../h5/i18n/t.ts')
    page.answers['GET me'] = json(me)
    page.answers['POST bindings'] = problem(
      400,
      '绑定码不对或已过期，请在另一端重新获取。',
      'bind-code-wrong',
    )
    await page.open('/me')
    expect(page.app.find('h1').text()).toBe('用户 7KQ2M9')
    page.app.unmount()
    await speak('en')
    await page.open('/me')
    await page.app.find('input').setValue('1111122222')
    await page.app.find('form').trigger('submit')
    await flushPromises()
    await speak('zh-CN')
    expect(page.app.find('h1').text()).toBe('Customer 7KQ2M9')
    expect(page.app.find('#bind-code-fault').text()).toContain('wrong or out of date')
  })

  const join = {
    id: 'a-join',
    state: 'waiting',
    displayName: '用户 AAAAAA',
    entry: { code: '04', kind: 'pc-browser' },
    askedAt: '2026-11-21T04:00:00Z',
    expiresAt: '2026-11-21T04:05:00Z',
  }

  test('shows a code for the other side', async () => {
    page.answers['GET me'] = json(me)
    page.answers['POST bind-codes'] = json({ code: '40718ABCDE', expiresAt: '2026-11-21T04:05:00Z' })
    await page.open('/me')
    await page.button('显示绑定码')?.trigger('click')
    await flushPromises()
    expect(page.app.find('[data-testid=bind-code]').text()).toBe('40718 ABCDE')
  })

  test('sends only ten letters and digits, spaces aside, and then waits for the other side', async () => {
    page.answers['GET me'] = json(me)
    page.answers['POST bindings'] = json({ ...me, join })
    await page.open('/me')
    await page.app.find('input').setValue('1234')
    await page.app.find('form').trigger('submit')
    expect(page.app.find('#bind-code-fault').text()).toContain('10 位字母和数字')
    const field = page.app.find('#bind-code')
    expect(field.attributes()).toMatchObject({
      'aria-invalid': 'true',
      'aria-describedby': 'bind-code-fault',
    })
    expect(document.activeElement).toBe(field.element)
    expect(page.app.find('.weui-toptips').exists()).toBe(false)
    expect(page.asked).not.toContain('POST bindings')
    await page.app.find('input').setValue('40718 abcde')
    await page.app.find('form').trigger('submit')
    await flushPromises()
    expect(page.asked).toContain('POST bindings')
    expect(page.app.text()).toContain('已提交')
    expect(page.app.text()).not.toContain('已合并')
  })

  test('says who asks and where, and joins by a tap alone', async () => {
    page.answers['GET me'] = json(me)
    page.answers['GET joins'] = json({ toConfirm: join, asked: null })
    page.answers['POST joins/a-join/confirm'] = json({ ...me, joined: true })
    await page.open('/me')
    const words = page.app.find('[data-testid=join-asker]').text()
    expect(words).toContain('电脑浏览器')
    expect(words).toContain('AAAAAA')
    await page.button('确认合并')?.trigger('click')
    await flushPromises()
    expect(page.asked).toContain('POST joins/a-join/confirm')
    expect(page.app.text()).toContain('已合并')
  })

  test('joins nothing by a key that is pressed while the question appears', async () => {
    page.answers['GET me'] = json(me)
    page.answers['GET joins'] = json({ toConfirm: join, asked: null })
    await page.open('/me')
    const dialog = page.app.find('[role=alertdialog]')
    expect(document.activeElement).toBe(dialog.element)
  })

  test('joins nothing for a stranger who is refused', async () => {
    page.answers['GET me'] = json(me)
    page.answers['GET joins'] = json({ toConfirm: join, asked: null })
    page.answers['POST joins/a-join/refuse'] = json({ toConfirm: null, asked: null })
    await page.open('/me')
    await page.button('不是我，拒绝')?.trigger('click')
    await flushPromises()
    expect(page.asked).not.toContain('POST joins/a-join/confirm')
    expect(page.app.text()).toContain('已拒绝')
    expect(document.activeElement?.textContent).toContain('已拒绝')
  })
})

test('a browser that asked says that it is joined, and offers no further join', async () => {
  const me = {
    displayName: '用户 7KQ2M9',
    entry: { code: '04', kind: 'pc-browser' },
    joined: false,
    isShared: false,
    isJoinedBrowser: false,
  }
  const asked = {
    id: 'a-join',
    state: 'waiting',
    displayName: me.displayName,
    entry: me.entry,
    askedAt: '2026-11-21T04:00:00Z',
    expiresAt: '2026-11-21T04:05:00Z',
  }
  page.answers['GET me'] = json(me)
  page.answers['GET joins'] = json({ toConfirm: null, asked })
  await page.open('/me')
  await flushPromises()
  expect(page.app.text()).toContain('已提交')
  page.answers['GET joins'] = json({ toConfirm: null, asked: null })
  page.answers['GET me'] = json({
    ...me,
    displayName: '用户 AAAAAA',
    joined: true,
    isJoinedBrowser: true,
  })
  await vi.waitFor(() => expect(page.app.text()).toContain('已合并，两边'), 4_000)
  expect(page.button('显示绑定码')).toBeUndefined()
})

test('a browser of an account that WeChat knows offers no join, and says where it can be done', async () => {
  page.answers['GET me'] = json({
    displayName: '用户 7KQ2M9',
    entry: { code: '04', kind: 'pc-browser' },
    joined: true,
    isShared: false,
    isJoinedBrowser: true,
  })
  await page.open('/me')
  expect(page.button('显示绑定码')).toBeUndefined()
  expect(page.asked).not.toContain('GET joins')
  expect(page.app.text()).toContain('请在微信里打开“我的”')
  await page.button('退出登录')?.trigger('click')
  const advice = page.app.find('[role=alertdialog]').text()
  expect(advice).toContain('合并过的另一边')
  expect(advice).not.toContain('点“登录”')
})

describe('signing out', () => {
  const me = (kind: string) => ({
    displayName: '用户 7KQ2M9',
    entry: { code: '02', kind },
    joined: false,
    isShared: false,
  })

  test('forgets the address that was typed in this tab', async () => {
    page.answers['GET me'] = json(me('pc-browser'))
    page.answers['POST session/end'] = json({ ended: true })
    sessionStorage.setItem('qiaofu.shipping', JSON.stringify({ name: '沈清和', phone: '13800138000' }))
    await page.open('/me')
    await page.button('退出登录')?.trigger('click')
    await page.app.find('.weui-dialog__btn_primary').trigger('click')
    await flushPromises()
    expect(Object.keys(sessionStorage).filter((key) => key.includes('shipping'))).toEqual([])
  })

  test('asks first, ends the session, and signs in again by a tap alone', async () => {
    page.answers['GET me'] = json(me('mini-program'))
    page.answers['POST session/end'] = json({ ended: true })
    await page.open('/me')
    await page.button('退出登录')?.trigger('click')
    expect(page.asked).not.toContain('POST session/end')
    await page.app.find('.weui-dialog__btn_primary').trigger('click')
    await flushPromises()
    expect(page.asked).toContain('POST session/end')
    page.app.unmount()
    page.answers['GET me'] = problem(401, '请先登录，再继续操作。')
    await page.open('/me')
    await vi.waitFor(() => expect(page.app.text()).toContain('已退出登录'))
    page.answers['GET me'] = json(me('mini-program'))
    await page.button('登录')?.trigger('click')
    await flushPromises()
    expect(page.app.find('h1').text()).toBe('用户 7KQ2M9')
  })

  test('of a shared computer happens when the browser closes', async () => {
    page.answers['GET me'] = json(me('pc-browser'))
    page.answers['POST browser-sessions'] = json({ ...me('pc-browser'), isShared: true })
    await page.open('/me')
    await page.button('这是公用电脑')?.trigger('click')
    await flushPromises()
    expect(page.app.text()).toContain('关闭浏览器后自动退出')
    expect(page.button('这是公用电脑')).toBeUndefined()
    expect(document.activeElement?.textContent).toContain('关闭浏览器后自动退出')
  })
})
