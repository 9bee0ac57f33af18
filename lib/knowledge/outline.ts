import type { Section } from './document.ts';

/** Collects the blocks of a document under its headings. */
export class Outline {
  readonly #path: { level: number; text: string }[] = [];
  readonly #found: { path: string[]; blocks: string[] }[] = [{ path: [], blocks: [] }];

  /** Opens what stands under a heading; level 1 is the highest. */
  heading(level: number, text: string): void {
    while (this.#path.length > 0 && this.#path.at(-1)!.level >= level) this.#path.pop();
    this.#path.push({ level, text });
    this.#found.push({ path: this.#path.map((heading) => heading.text), blocks: [] });
  }

  /** A paragraph, list item or table under the latest heading. Items of a list follow each other without a blank line. */
  add(block: string, tight = false): void {
    const { blocks } = this.#found.at(-1)!;
    if (tight && blocks.length > 0) blocks.push(`\n${block}`);
    else if (block.trim() !== '') blocks.push(blocks.length > 0 ? `\n\n${block}` : block);
  }

  get firstHeading(): string | undefined {
    return this.#found[1]?.path[0];
  }

  /** In their order, each with the path of headings from the title down. */
  sections(title: string): Section[] {
    return this.#found
      .filter(({ blocks }) => blocks.length > 0)
      .map(({ path, blocks }) => ({ headings: underTitle(title, path), text: blocks.join('') }));
  }
}

/** A path of headings with the title in front, once. */
export function underTitle(title: string, path: readonly string[]): string[] {
  return path[0] === title ? [...path] : [title, ...path];
}
