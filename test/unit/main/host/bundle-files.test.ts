import { describe, expect, it } from 'vitest'
import { assertBundlePath, bundlePath, createBundleFiles } from '../../../../src/main/host/bundle-files.ts'

describe('bundlePath', () => {
  it.each([
    ['/home/me/csv-profile-1.2.0.skillet', '/home/me/csv-profile-1.2.0.skillet'],
    ['csv-profile.skillet', '/work/csv-profile.skillet'],
    ['../a b.SKILLET', '/a b.SKILLET'],
    ['file:///home/me/a%20b.skillet', '/home/me/a b.skillet'],
  ])('%s is a file to open', (word, path) => {
    expect(bundlePath(word, '/work')).toBe(path)
  })

  it.each(['.', '--flag=x.skillet', 'readme.md', 'x.skillet.exe', 'file://elsewhere/x.skillet', ''])(
    '%s is not',
    (word) => {
      expect(bundlePath(word, '/work')).toBeNull()
    },
  )
})

describe('createBundleFiles', () => {
  it('keeps each file until the window takes it, in order and once', async () => {
    const sent: unknown[] = []
    const files = createBundleFiles((name, payload) => void sent.push([name, payload]))
    const take = () => files.handlers['bundle.pending'](null)
    files.open(['/usr/lib/app', 'a.skillet', 'notes.txt', 'b.skillet', 'a.skillet'], '/work')
    expect(sent).toEqual([
      ['bundle.opened', { path: '/work/a.skillet' }],
      ['bundle.opened', { path: '/work/b.skillet' }],
    ])
    expect([await take(), await take(), await take()]).toEqual(['/work/a.skillet', '/work/b.skillet', null])
    files.open(['a.skillet'], '/work')
    expect(await take()).toBe('/work/a.skillet')
  })
})

describe('which files the page may have read', () => {
  it('are those that the person opened or dropped', () => {
    const files = createBundleFiles(() => {})
    files.open(['/home/me/opened.skillet'], '/work')
    files.dropped('/home/me/dropped.skillet')
    files.dropped('/home/me/dropped.toml')
    files.dropped('/etc/passwd')
    files.dropped(7)
    const may = ['opened.skillet', 'dropped.skillet', 'dropped.toml', 'other.skillet'].map((name) =>
      files.wasNamed(`/home/me/${name}`),
    )
    expect([...may, files.wasNamed('/etc/passwd')]).toEqual([true, true, true, false, false])
  })
})

describe('assertBundlePath', () => {
  it('takes an absolute path of a .skillet file', () => {
    expect(() => assertBundlePath('/home/me/a.skillet')).not.toThrow()
  })

  it.each([
    'a.skillet',
    './a.skillet',
    '/etc/passwd',
    '/home/me/a.skillet\0.png',
    '/home/me/.skillet/keys',
    '//host/share/a.skillet',
    '\\\\host\\share\\a.skillet',
  ])('refuses %j', (path) => {
    expect(() => assertBundlePath(path)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})
