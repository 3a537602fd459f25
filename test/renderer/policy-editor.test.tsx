import { screen, waitFor, within } from '@testing-library/react'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrastOf, fitAccent } from '../../src/renderer/features/managed/accent.ts'
import { decidedWords } from '../../src/renderer/features/managed/managed-words.ts'
import { valueAt, withValue, type Draft } from '../../src/renderer/features/policy-editor/draft.ts'
import { ceilingFields, fieldGroups } from '../../src/renderer/features/policy-editor/fields.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { managedPolicySchema, type ManagedPolicy } from '../../src/shared/managed-policy.ts'
import { wholePolicy } from '../support/managed-policies.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const allFields = () => [...fieldGroups().flatMap(({ fields }) => fields), ...ceilingFields()]

describe('the policy editor', () => {
  it('has a field for every key of a policy, and for every key inside', () => {
    const paths = new Set(allFields().map(({ path }) => path.join('.')))
    const keysOf = (value: unknown, at: string): string[] =>
      paths.has(at) || typeof value !== 'object' || value === null || Array.isArray(value)
        ? [at]
        : Object.entries(value).flatMap(([key, inside]) => keysOf(inside, at === '' ? key : `${at}.${key}`))
    expect(Object.keys(managedPolicySchema.shape).filter((key) => !(key in wholePolicy))).toEqual([])
    expect(
      keysOf({ ...wholePolicy, fleet_key: { file: 'x', keychain: 'X' } }, '').filter(
        (key) => !paths.has(key),
      ),
    ).toEqual([])
  })

  it('loses nothing of a policy that is opened, in any field', () => {
    for (const field of allFields()) {
      const value = valueAt(wholePolicy as unknown as Draft, field.path)
      if (field.kind === 'lines' && value !== undefined)
        expect(field.lines.toValue(field.lines.toText(value), value), field.path.join('.')).toEqual(value)
      if (field.kind === 'choice') expect(field.choices.map((one) => one.value)).toContain(value)
    }
  })

  it('leaves out what is emptied, and keeps a list that says none', () => {
    const draft = withValue(withValue({}, ['skills', 'allow'], []), ['support', 'name'], 'Ada')
    expect(draft).toEqual({ skills: { allow: [] }, support: { name: 'Ada' } })
    expect(withValue(draft, ['support', 'name'], undefined)).toEqual({ skills: { allow: [] } })
    expect(withValue(draft, ['support', 'name', 'x'], 1)).toEqual({ ...draft, support: { name: { x: 1 } } })
  })

  it('shows what people will see, says what is wrong, and hands out what was written', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake, '#/settings')
    await user.click(await screen.findByRole('link', { name: 'Write a policy' }))
    const preview = within(await screen.findByRole('region', { name: 'What people see' }))
    expect(preview.getByText('Managed by your administrator')).toBeTruthy()
    const write = async (name: string, text: string) => {
      await user.click(screen.getByRole('textbox', { name }))
      await user.paste(text)
    }
    await write('Name of the organisation', 'Example Ltd')
    await write('Never these publishers', 'acme\n')
    await user.click(screen.getByRole('switch', { name: 'Limit what skills may do' }))
    await user.click(await screen.findByRole('switch', { name: 'Connect to the internet' }))
    expect(await preview.findByText('Managed by Example Ltd')).toBeTruthy()
    expect(await preview.findByText('No skills by acme.')).toBeTruthy()
    expect(preview.getByText('No skill connects to the internet.')).toBeTruthy()

    const colour = screen.getByRole('textbox', { name: 'Colour of buttons and marks' })
    await write('Colour of buttons and marks', 'red')
    expect(await screen.findByText('1 thing to correct first.')).toBeTruthy()
    expect(screen.getAllByText(/must be a colour/)).toHaveLength(2)
    await user.clear(colour)
    await screen.findByText('This is a policy that Skillet takes.')
    await user.click(screen.getByRole('button', { name: 'Save policy.json' }))
    await screen.findByText('Saved as /home/kim/policy.json.')
    const [{ policy }] = fake.callsOf('policy.export') as [{ policy: Draft }]
    expect(policy).toEqual({
      organisation: 'Example Ltd',
      publishers: { block: ['acme'] },
      ceiling: {
        capabilities: ['fs:read', 'fs:write', 'env:read', 'exec'],
        fs_write_roots: ['state:*', 'input:*'],
      },
    })
    // Whoever looks something up elsewhere comes back to it.
    await user.click(screen.getByRole('link', { name: /^Library/ }))
    window.location.hash = '#/policy-editor'
    expect(await screen.findByDisplayValue('Example Ltd')).toBeTruthy()
  })

  it('opens a policy, or says why a file is none', async () => {
    const answers = [
      { name: 'old.reg', policy: null, problems: [{ key: 'telemetry', line: 4, message: 'is wrong' }] },
      { name: 'policy.json', policy: wholePolicy, problems: [] },
    ]
    const fake = createFakeBridge({
      overrides: { 'policy.import': () => Promise.resolve(answers.shift() ?? null) },
    })
    const { user } = await openApp(fake, '#/policy-editor')
    await user.click(await screen.findByRole('button', { name: 'Open a policy…' }))
    await screen.findByText('old.reg is not a policy. telemetry, line 4: is wrong')
    await user.click(screen.getByRole('button', { name: 'Open a policy…' }))
    expect(await screen.findByDisplayValue('Example Skills')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Save for Windows (.reg)' }))
    await waitFor(() => expect(fake.callsOf('policy.export')).toEqual([{ policy: wholePolicy, form: 'reg' }]))
  })
})

describe('what administrators decided', () => {
  it('is said in words, for every key that decides something', () => {
    const all = decidedWords(wholePolicy)
    expect(all.join(' ')).not.toMatch(/undefined|\{\{|NaN|object/)
    for (const key of Object.keys(wholePolicy) as (keyof ManagedPolicy)[]) {
      if (key === 'organisation' || key === 'support' || key === 'branding') continue
      // That unsigned folders are forbidden follows from the lists of what is allowed, too.
      const { [key]: value, ...without } =
        key === 'unsigned' ? { unsigned: wholePolicy.unsigned } : wholePolicy
      expect(decidedWords(without), key).not.toEqual(decidedWords({ ...without, [key]: value }))
    }
    expect(decidedWords({})).toEqual([])
    const nothing: ManagedPolicy = {
      registries: [],
      publishers: { allow: [] },
      skills: { allow: [] },
      key_storage: [],
      agents: { allow: [] },
    }
    expect(decidedWords(nothing)).toEqual([
      'Skills come from no registry.',
      'No publisher’s skills.',
      'No skills at all.',
      'Skills that nobody has signed can’t be tried.',
      'No keys are kept.',
      'Skills are given to no agent.',
    ])
  })

  it('stands in Settings, with whom to ask, under the organisation’s name and colour', async () => {
    const managed = {
      policy: {
        organisation: 'Example Ltd',
        support: { email: 'help@example.com' },
        branding: { name: 'Example Skills', accent: '#0a5c36' },
        telemetry: 'off' as const,
        ceiling: { capabilities: [], fs_write_roots: [] },
        registries: [{ url: 'https://skills.example.com' }],
      },
      logo: 'data:image/png;base64,iVBORw0KGgo=',
    }
    const fake = createFakeBridge({
      policy: { user: {}, managed: managed.policy.ceiling },
      overrides: { 'managed.get': () => Promise.resolve(managed) },
    })
    await openApp(fake, '#/settings')
    const section = within(await screen.findByRole('region', { name: 'Managed by Example Ltd' }))
    expect(section.getByText('Anonymous statistics are off.')).toBeTruthy()
    expect(section.getByText('help@example.com')).toBeTruthy()
    // Skillet was started with another registry.
    expect((await section.findByRole('status')).textContent).toMatch(/^Close Skillet and open it again/)
    const navigation = within(screen.getByRole('navigation', { name: 'Main' }))
    expect(navigation.getByText('Example Skills')).toBeTruthy()
    expect(navigation.getByRole('presentation').getAttribute('src')).toBe(managed.logo)
    const [locked] = await screen.findAllByText(/has turned this off/)
    expect(locked!.textContent).toContain('Managed by Example Ltd.')
    expect(document.documentElement.style.getPropertyValue('--brand')).toMatch(/^#[0-9a-f]{6}$/)
  })

  it('that can’t be read says so and offers another look', async () => {
    const problem = new SkilletError('POLICY_INVALID', 'The administrators’ policy is not valid.')
    const fake = createFakeBridge({ overrides: { 'managed.get': () => Promise.reject(problem) } })
    await openApp(fake, '#/settings')
    const section = within(await screen.findByRole('region', { name: 'For administrators' }))
    expect(await section.findByText(/is not valid/)).toBeTruthy()
  })

  it('says what is being installed for people, and what could not be', async () => {
    const fake = createFakeBridge()
    await openApp(fake, '#/library')
    const news = { slug: 'notes', title: 'Notes', fraction: null, problem: null }
    fake.emit('managed.preinstall', { ...news, state: 'installing', fraction: 0.42 })
    await screen.findByText('Your administrator is installing Notes: 42 %')
    const problem = { code: 'PERMISSION_DENIED' as const, message: 'It wants more.', remedy: 'Ask.' }
    fake.emit('managed.preinstall', { ...news, state: 'failed', problem })
    await screen.findByText('Notes, which your administrator asks for, was not installed.')
    expect(screen.queryByText(/is installing/)).toBeNull()
  })
})

describe('fitAccent', () => {
  const papers = [
    ['#ffffff', '#fffdfa', '#f7f5f2', '#f1ede7'],
    ['#25211c', '#1c1916', '#171512', '#1b1815'],
  ]
  it('makes every colour one that people can read, on every ground and under every text', () => {
    const channel = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'))
    const colour = fc.tuple(channel, channel, channel).map((parts) => `#${parts.join('')}`)
    fc.assert(
      fc.property(colour, fc.constantFrom(...papers), fc.constantFrom(4.5, 7), (accent, grounds, ratio) => {
        const { brand, strong, ink, soft } = fitAccent(accent, grounds, ratio)
        for (const ground of [...grounds, soft])
          expect(contrastOf(brand, ground)).toBeGreaterThan(ratio - 0.1)
        for (const ground of [brand, strong]) expect(contrastOf(ink, ground)).toBeGreaterThan(4.5)
      }),
    )
  })

  it('leaves a colour alone that can be read', () => {
    expect(fitAccent('#0a5c36', papers[0]!).brand).toBe('#0a5c36')
    expect(contrastOf('#ffee00', '#ffffff')).toBeLessThan(4.5)
    expect(fitAccent('#ffee00', papers[0]!).brand).not.toBe('#ffee00')
  })
})
