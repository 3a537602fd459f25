/** The content of a chain's file, put in by the build. */
declare module '*.toml?raw' {
  const text: string
  export default text
}
