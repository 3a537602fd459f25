import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterEach, expect, test } from 'vitest'
import { SaidText } from '../../../src/console/ui/seen-text.tsx'
import { speak } from '../../../src/shared/i18n/t.ts'

afterEach(() => speak('en', {}))

const finding = 'The file run\u202Egnp.exe\u200B hides its name.'
const drawn = (english: string) => renderToStaticMarkup(createElement(SaidText, { english }))

test('characters that nobody sees are named in a sentence, whatever language it is said in', () => {
  expect(drawn(finding)).toMatch(/run<mark[^>]*>U\+202E<\/mark>gnp\.exe<mark[^>]*>U\+200B<\/mark> hides/)
  expect(drawn(finding)).not.toMatch(/[\u202E\u200B]/)

  speak('ar', { 'The file {{0}} hides its name.': 'الملف {{0}} يخفي اسمه.' })
  expect(drawn(finding)).toBe('<bdi>الملف \u2068runU+202Egnp.exeU+200B\u2069 يخفي اسمه.</bdi>')
  // What nobody translated is shown as it is, from the left.
  expect(drawn('Something else\u202E.')).toMatch(/^<bdi dir="ltr">Something else<mark/)
})
