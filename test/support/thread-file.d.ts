/** As in `src/engine/thread`. */
declare module 'thread:*' {
  const file: string
  export default file
}
