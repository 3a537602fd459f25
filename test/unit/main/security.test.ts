import { describe, expect, it } from 'vitest'
import { isOwnUrl, isTrustedSender } from '../../../src/main/security.ts'

const strangers = [
  'app://skillet.example/index.html',
  'app://skillet@evil.example/',
  'app://evil/#app://skillet/',
  'app://user@skillet/',
  'file:///app://skillet/index.html',
  'https://skillet/',
  'about:blank',
  'data:text/html,hello',
  'javascript:alert(1)',
  '',
]

describe('isOwnUrl', () => {
  it.each(['app://skillet/index.html', 'app://skillet/index.html#/library', 'app://skillet/assets/a.js'])(
    'takes %s',
    (url) => expect(isOwnUrl(url)).toBe(true),
  )

  it('would be fooled if it compared beginnings', () => {
    const fooled = strangers.filter((url) => url.startsWith('app://skillet'))
    expect(fooled).not.toEqual([])
    expect(fooled.filter(isOwnUrl)).toEqual([])
  })

  it.each(strangers)('refuses %j', (url) => expect(isOwnUrl(url)).toBe(false))
})

describe('isTrustedSender', () => {
  const mainFrame = { url: 'app://skillet/index.html' }
  const own = { mainFrame }

  it('takes the main frame of our own window', () => {
    expect(isTrustedSender({ sender: own, senderFrame: mainFrame }, own)).toBe(true)
  })

  it('refuses a frame inside our page, even with our own address', () => {
    expect(isTrustedSender({ sender: own, senderFrame: { url: mainFrame.url } }, own)).toBe(false)
  })

  it('refuses another window, even with our own address', () => {
    const other = { mainFrame }
    expect(isTrustedSender({ sender: other, senderFrame: mainFrame }, own)).toBe(false)
  })

  it('refuses our main frame once it shows another page', () => {
    const frame = { url: 'https://evil.example/' }
    const replaced = { mainFrame: frame }
    expect(isTrustedSender({ sender: replaced, senderFrame: frame }, replaced)).toBe(false)
  })

  it('refuses a frame that is gone, and everything while there is no window', () => {
    expect(isTrustedSender({ sender: own, senderFrame: null }, own)).toBe(false)
    expect(isTrustedSender({ sender: own, senderFrame: mainFrame }, null)).toBe(false)
  })
})
