/** What is wrong with what was dropped; null when it is one `.skillet` file. */
export function dropProblem(files: readonly { name: string; path: string }[]): string | null {
  if (files.length > 1) return 'Drop one .skillet file at a time.'
  const [file] = files
  if (file === undefined || file.path === '')
    return 'That is not a file on this computer. Save it first, then drop the file.'
  if (!file.name.toLowerCase().endsWith('.skillet'))
    return `Skillet opens .skillet files, and “${file.name}” is not one.`
  return null
}
