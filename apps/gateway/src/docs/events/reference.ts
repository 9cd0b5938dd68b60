/** A reference to a part of the same document (JSON Pointer, RFC 6901). */
export const referenceTo = (...steps: readonly string[]) => ({
  $ref: `#/${steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
});
