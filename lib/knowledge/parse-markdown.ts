import type { ParsedDocument, Section } from './document.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
/** A longer line is no heading; matching it would take time that grows faster than its length. */
const LONGEST_HEADING = 1000;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;

/**
 * Markdown by its headings. The title is the first heading of level 1, or the one in the front matter, or
 * `fallbackTitle`.
 */
export function parseMarkdown(source: string, fallbackTitle: string): ParsedDocument {
  const { title: named, body } = frontMatter(source);
  const lines = body.split('\n');
  const path: { level: number; text: string }[] = [];
  const found: { path: string[]; lines: string[] }[] = [{ path: [], lines: [] }];
  let fence: string | null = null;
  let title = named;

  const open = (level: number, text: string) => {
    while (path.length > 0 && path.at(-1)!.level >= level) path.pop();
    path.push({ level, text });
    if (level === 1) title ??= text;
    found.push({ path: path.map((heading) => heading.text), lines: [] });
  };

  for (const line of lines) {
    const section = found.at(-1)!;
    if (line.length > LONGEST_HEADING) {
      section.lines.push(line);
      continue;
    }
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence)) fence = null;
      section.lines.push(line);
      continue;
    }
    if (mark) fence = mark;
    const heading = HEADING.exec(line);
    const underline = UNDERLINE.exec(line)?.[1];
    const above = section.lines.at(-1);
    if (heading) {
      open(heading[1]!.length, heading[2] ?? '');
    } else if (underline && above?.trim() && isParagraphStart(section.lines)) {
      section.lines.pop();
      open(underline.startsWith('=') ? 1 : 2, above.trim());
    } else {
      section.lines.push(line);
    }
  }

  const known = title ?? fallbackTitle;
  const sections = found.map(
    (section): Section => ({
      headings: section.path[0] === known ? section.path : [known, ...section.path],
      text: section.lines.join('\n'),
    }),
  );
  return { title: known, sections };
}

/** Only a line that stands alone is a heading when it is underlined; a list or table row before `---` is not. */
function isParagraphStart(lines: readonly string[]): boolean {
  const before = lines.at(-2);
  return (before === undefined || before.trim() === '') && !/^\s*([-*+>|]|\d+[.)])/.test(lines.at(-1)!);
}

/** Takes the YAML block off that some tools put on top. */
function frontMatter(source: string): { title: string | undefined; body: string } {
  const block = /^---\n([\s\S]{0,10000}?)\n(?:---|\.\.\.)(?:\n|$)/.exec(source);
  if (!block) return { title: undefined, body: source };
  const title = /^title:[ \t]*(["']?)(.+?)\1[ \t]*$/m.exec(block[1]!)?.[2];
  return { title, body: source.slice(block[0].length) };
}
