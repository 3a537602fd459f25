import { hostOf, isUnder, urlsIn } from '../hosts.ts'
import { ruleName, type RuleFinding, type TextRule } from './rule.ts'

const referral =
  /[?&](?:ref|aff|affid|affiliate(?:_id)?|aff_id|referr?al|refcode|ref_id|via|partner(?:_id)?|invite(?:_?code)?|coupon|promo(?:code)?|irclickid|clickid)=[^&\s]{2,}|[?&]tag=[\w-]+-2\d\b|\/(?:ref|aff|r|invite|referral)\/[\w-]{4,}(?:$|[/?])/i
const tracking =
  /[?&](?:utm_(?:source|medium|campaign|term|content)|fbclid|gclid|mc_cid|mc_eid|msclkid|igshid)=/i
const donations = new Set(
  'patreon.com ko-fi.com buymeacoffee.com paypal.me opencollective.com liberapay.com gofundme.com cash.app venmo.com gumroad.com lemonsqueezy.com'.split(
    ' ',
  ),
)
const sells =
  /\b(?:buy now|limited(?:-time)? offer|special offer|discount code|promo(?:tional)? code|coupon code|\d{1,2} ?% off|upgrade to (?:pro|premium|plus)|start your free trial|sign up (?:now|today)|subscribe (?:now|today)|get (?:the )?premium|book a (?:call|demo) with (?:us|me)|follow (?:me|us) on (?:x|twitter|instagram|tiktok|youtube|linkedin)|support (?:me|my work|this project) (?:on|by|at|via)|buy me a coffee|become a (?:sponsor|patron))\b/i

/** Links that earn somebody money or count readers, and calls to buy. The skill's own hosts may be named. */
export const findPromotion: TextRule = (file, { manifest }) => {
  if (file.language !== 'markdown') return []
  const findings: RuleFinding[] = []
  const own = new Set(manifest?.sandbox.network.map((host) => host.replace(/:\d+$/, '')) ?? [])
  for (const [index, text] of file.lines.entries()) {
    const add = (severity: RuleFinding['severity'], message: string, evidence: string) =>
      findings.push({
        rule: ruleName(file, 'promotion'),
        severity,
        file: file.path,
        line: index + 1,
        message,
        evidence,
      })
    for (const url of urlsIn(text)) {
      const host = hostOf(url)
      // In an example of a request, a parameter called "ref" is a branch.
      if (
        host === null ||
        isUnder(host, own) ||
        /^api\.|(?:^|\.)(?:github|gitlab|githubusercontent)\.com$/.test(host) ||
        url.includes('/api/')
      )
        continue
      if (referral.test(url)) add('medium', 'This link earns somebody a commission.', url)
      else if (tracking.test(url)) add('low', 'This link tells where a reader came from.', url)
      else if (isUnder(host, donations) || (host === 'github.com' && url.includes('/sponsors/')))
        add('low', 'This link asks for money.', url)
    }
    const call = sells.exec(text)?.[0]
    if (call !== undefined && urlsIn(text).some((url) => !isUnder(hostOf(url) ?? '', own)))
      add('medium', `"${call}" is an advertisement.`, text)
  }
  return findings
}
