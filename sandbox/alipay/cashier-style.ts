/** The cashier's looks: a phone's page that becomes a card on a wide window; dark when the device is. */
export const CASHIER_STYLE = `
:root { color-scheme: light dark; --ground: #f3f5f9; --card: #fff; --ink: #1b2130; --soft: #5d6678; --line: #e5e8ef; --blue: #1258d6; --on-blue: #fff; --pale: #eaf1ff; --wrong: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ground: #10131a; --card: #1a1f2a; --ink: #eef1f7; --soft: #a5afc2; --line: #2c3341; --blue: #7fb0ff; --on-blue: #0b1730; --pale: #1d2a44; --wrong: #ff9c92 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; padding: 14px 20px; background: var(--card); border-bottom: 1px solid var(--line); font-weight: 600 }
header svg { width: 28px; height: 28px; flex: none }
header small { margin-left: auto; white-space: nowrap; color: var(--soft); font-weight: 400; font-size: .8125rem }
main { flex: 1; width: 100%; max-width: 480px; margin: 0 auto; padding: 20px 16px 32px; display: flex; flex-direction: column }
h1 { margin: 8px 0 4px; text-align: center; font-size: 1.25rem; font-weight: 600 }
.merchant { margin: 20px 0 0; text-align: center; color: var(--soft); font-size: 1rem; font-weight: 400; overflow-wrap: anywhere }
.amount { margin: 0 0 24px; text-align: center; font-size: 2.75rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums }
.amount small { font-size: 1.5rem; margin-right: 4px }
.card { background: var(--card); border-radius: 14px; padding: 4px 16px; margin: 0 0 16px }
dl { margin: 0 } dl div { display: flex; gap: 16px; justify-content: space-between; padding: 13px 0; border-top: 1px solid var(--line) }
dl div:first-child { border-top: 0 } dt { color: var(--soft); flex: none } dd { margin: 0; text-align: right; overflow-wrap: anywhere }
.notice { margin: 0 0 16px; padding: 11px 16px; border-radius: 10px; color: var(--wrong); background: color-mix(in srgb, var(--wrong) 10%, var(--card)) }
form { margin: 0 }
button, .button { display: block; width: 100%; min-height: 48px; padding: 11px 16px; border: 0; border-radius: 12px; background: var(--blue); color: var(--on-blue); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer }
button:focus-visible, summary:focus-visible, .button:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px }
button.plain { margin-top: 10px; background: transparent; color: var(--blue) }
details { margin-top: auto; padding-top: 28px; color: var(--soft) } summary { cursor: pointer; text-align: center; padding: 8px; font-size: .875rem }
.cases { display: grid; gap: 8px; margin-top: 8px }
.cases button { min-height: 44px; background: var(--pale); color: var(--ink); font-weight: 400 }
.done { text-align: center; padding: 40px 0 24px } .done p { color: var(--soft); margin: 8px 0 0 }
.people { display: grid; gap: 10px; width: 100%; max-width: 360px; margin: 20px auto 0 }
@media (forced-colors: active) { button, .button, .card { border: 1px solid } }
@media (min-width: 760px) {
  header { padding: 16px max(24px, calc(50vw - 424px)) }
  main { max-width: 880px; padding-top: 40px }
  .pay { display: grid; grid-template-columns: 1fr 340px; gap: 0 32px; padding: 32px; background: var(--card); border-radius: 18px }
  .pay .sum, .pay .sum .amount, .pay .merchant { text-align: left } .pay .merchant { margin-top: 0 } .pay .card { padding: 4px 0; margin: 0 }
  .pay .act { padding-left: 32px; border-left: 1px solid var(--line) }
}
`
