/**
 * Loads one of the scripts behind the npm commands. They are JavaScript, since they run before anything is
 * installed; what a test uses of one it names by type.
 */
export async function loadScript<T>(name: string): Promise<T> {
  return (await import(new URL(`../../../scripts/lib/${name}`, import.meta.url).href)) as T
}
