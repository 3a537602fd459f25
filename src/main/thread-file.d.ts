/** Absolute path of a script made of that module; see `scripts/lib/thread-files.mjs`. */
declare module 'thread:*' {
  const file: string
  export default file
}
