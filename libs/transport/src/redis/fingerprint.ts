/** Ids stand near the end of a header: enough of it to tell headers apart. */
const printedCharacters = 64;

/** 53 bits of a text's end, by two multiplicative hashes: no protection against who wants them equal. */
export function printOf(text: string): number {
  let one = 0x811c9dc5;
  let other = 0x9e3779b9;
  for (let at = Math.max(0, text.length - printedCharacters); at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b);
  }
  return (one >>> 0) * 2 ** 21 + (other >>> 11);
}
