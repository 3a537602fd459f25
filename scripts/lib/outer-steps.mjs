import process from 'node:process'

/** How far the script that started this one had come, as it says in `SKILLET_STEPS` (`5/12`). @returns {[number, number]} */
export function outerSteps() {
  const [done = 0, total = 0] = (process.env['SKILLET_STEPS'] ?? '').split('/').map(Number)
  return [total || done, done]
}
