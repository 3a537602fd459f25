/** Absolute path of a script made of that module, for `createThread`; see `scripts/lib/thread-files.mjs`. */
declare module 'thread:*' {
  const file: string
  export default file
}
