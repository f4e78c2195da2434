/** A style sheet as minified text, as Vite imports it. */
declare module '*.css?inline' {
  const rules: string
  export default rules
}
