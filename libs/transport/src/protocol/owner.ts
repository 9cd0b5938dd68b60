/** The service that a pattern or topic belongs to by its name: the text before the first dot. */
export function ownerOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
