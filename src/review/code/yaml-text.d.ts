/** A file's text, as vite hands it over. */
declare module '*.yml?raw' {
  const text: string
  export default text
}
