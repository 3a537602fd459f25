import { z } from 'zod'
import { languages } from '../i18n/languages.ts'
import { call } from './define.ts'

export const languageChoiceSchema = z.enum(['system', ...languages])
/** `system`: the first of this computer's languages that Skillet speaks. */
export type LanguageChoice = z.infer<typeof languageChoiceSchema>

const languageStateSchema = z.object({
  choice: languageChoiceSchema,
  /** What the choice comes to. */
  language: z.enum(languages),
  /** Administrators have chosen; nobody here can change it. */
  fixed: z.boolean(),
})
export type LanguageState = z.infer<typeof languageStateSchema>

export const languageCalls = {
  /** The person's choice of language, kept between starts. */
  'language.get': call(z.null(), languageStateSchema),
  'language.set': call(languageChoiceSchema, languageStateSchema),
}
