import { listTriggerEvents } from './trigger-events.ts'

/** What --help prints. */
export const USAGE = `A WeChat Pay APIv3 for tests, on this machine.

  npm run sandbox [-- FLAGS]                       starts it, until Ctrl-C
  npm run sandbox -- run FILE... [--server URL]    plays scenario files
  npm run sandbox -- trigger EVENT --to URL        makes it happen and sends the signed notification there
  npm run sandbox -- listen [--forward-to URL]     shows calls and notifications as they come

Starting
  --port N          4010 unless given; 0 takes any free port
  --host ADDRESS    127.0.0.1 unless given. Beyond this machine everybody who reaches the port can read the demo keys,
                    act as any person, pay, and move the clock
  --data DIR        keeps ledger and keys there; without it everything is in memory
  --local-notify    notify_url may be http and local; WeChat itself wants public https
  --h5 URL          the H5 that the phone opens
  --operator-token-file FILE
                    holds a token of an operator of that H5's server: the verdict reads its books with it. Used only
                    while both are on this machine, and sent to no other address

run, trigger and listen
  --sandbox URL     a running sandbox; http://127.0.0.1:4010 unless given. run and trigger start one of their own
                    where none is running and none was given
  --server URL      the merchant's server (run)
  --token TOKEN     an operator's token, with which the verdict reads the books (run)
  --merchant MCHID  whose order it is (trigger); the first demo merchant unless given

EVENT is one of
${listTriggerEvents()}With the mchid of a partner the order is one of its sub-merchants'.

Exit codes: 0 it went well; 1 it did not; 2 the command cannot be understood.
`

/** What trigger --help prints. */
export const TRIGGER_USAGE = `npm run sandbox -- trigger EVENT --to URL [--merchant MCHID] [--sandbox URL]

Makes EVENT happen and sends its notification to URL, encrypted and signed as WeChat's. Prints what was sent and what was
answered. EVENT is one of

${listTriggerEvents()}
  --to URL          where the notification goes, e.g. http://127.0.0.1:3000/notify
  --merchant MCHID  whose order it is; the first demo merchant unless given. Of a partner: its sub-merchants'
  --sandbox URL     a running sandbox; where none is named and none runs at http://127.0.0.1:4010, one is started for it

Exit codes: 0 it was accepted; 1 it was not; 2 the command cannot be understood.
`
