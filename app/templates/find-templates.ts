import type { Template } from '#app/data/types.ts';

/** Those that have the tag (null: any) and every word that was typed, in title, summary, tags, hosts or tools. */
export function findTemplates(
  templates: readonly Template[],
  { text, tag }: { text: string; tag: string | null },
): Template[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    if (tag !== null && !template.tags.includes(tag)) return false;
    const { title, summary, tags, needs, tools } = template;
    const said = [
      title,
      summary,
      ...tags,
      ...needs,
      ...tools.flatMap((tool) => [tool.name, tool.description]),
    ];
    const all = said.join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** Every tag, the commonest first. */
export function tagsOf(templates: readonly Template[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of templates.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .sort(([one, many], [other, few]) => few - many || one.localeCompare(other, 'en'))
    .map(([tag]) => tag);
}
