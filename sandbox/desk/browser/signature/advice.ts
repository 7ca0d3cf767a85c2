import type { SignatureFinding } from '../../../gateway/signature-finding.ts'
import { duration } from '../sandbox/moment.ts'
import { t } from '../words/t.ts'

/** What is wrong with a signature, and what to do: first the fault, then each slip that was found. */
export function adviceOn(finding: SignatureFinding): string[] {
  const { fault, items, missing, slips, skewSeconds, belongsTo, registeredSerial } = finding
  switch (fault) {
    case 'other-text':
      if (finding.signed === null) return [t('sign.other-text'), t('sign.unknown-text')]
      return [t('sign.other-text'), ...slips.map((slip) => t(`slip.${slip}`))]
    case 'malformed-header':
      if (/^\d{13}$/.test(items['timestamp'] ?? '')) return [t('sign.milliseconds')]
      if (missing.length > 0) return [t('sign.missing', { names: missing.join(', ') })]
      return [t('sign.malformed-header')]
    case 'clock-skew': {
      const by = duration((skewSeconds ?? 0) * 1000)
      return [t((skewSeconds ?? 0) > 0 ? 'sign.clock-ahead' : 'sign.clock-behind', { by })]
    }
    case 'wrong-serial': {
      const registered = t('sign.registered-serial', { serial: registeredSerial ?? '' })
      if (belongsTo === 'wechat') return [t('sign.serial-of-wechat'), registered]
      return [
        belongsTo === null ? t('sign.wrong-serial') : t('sign.serial-of', { mchid: belongsTo }),
        registered,
      ]
    }
    case 'other-key':
      return [belongsTo === null ? t('sign.other-key') : t('sign.key-of', { mchid: belongsTo })]
    case 'unknown-mchid':
      return [t('sign.unknown-mchid', { mchid: items['mchid'] ?? '' })]
    default:
      return [t(`sign.${fault}`)]
  }
}
