import { parsePolicyText } from '../../../shared/parse-managed-policy.ts'
import { readTrusted } from './read-trusted.ts'
import { invalidPolicy, policyOrThrow, type PolicySource } from './source.ts'

const maxSizeBytes = 1024 * 1024

/** `policy.json`, of the computer or inside a preconfigured build. `owners`: numeric users who may have written it. */
export function createFileSource(path: string, owners: readonly number[]): PolicySource {
  const invalid = (problem: string, cause?: unknown) => invalidPolicy(path, problem, cause)
  return {
    place: path,
    // oxlint-disable-next-line typescript/require-await -- so that a refusal is a rejection
    async read() {
      const bytes = readTrusted({ path, maxSizeBytes, owners, invalid })
      if (bytes === null) return null
      let text: string
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      } catch (error) {
        throw invalid('is not UTF-8', error)
      }
      return policyOrThrow(path, parsePolicyText(text))
    },
  }
}
