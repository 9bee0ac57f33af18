/** How a search shows up on a card; undefined where nothing was found in it. */
export function foundAs(
  found: { ids: ReadonlySet<string>; current: string | null },
  id: string,
): 'current' | 'yes' | undefined {
  if (!found.ids.has(id)) return undefined;
  return found.current === id ? 'current' : 'yes';
}
