import type { ParsedDocument, Section, UploadedFile } from './document.ts';
import { openOffice, relationId, relationsOf, targetOf } from './office.ts';
import { markdownTable } from './table-text.ts';
import { attribute, child, descendants, elementsOf, parseXml, textOf, type XmlElement } from './xml.ts';

/**
 * A PowerPoint presentation: a section for each slide, with its title, text, tables and notes. Hidden slides are
 * left out. Throws as `openOffice`.
 */
export async function parsePptx(file: UploadedFile, fallbackTitle: string): Promise<ParsedDocument> {
  const { archive, main, metadata, notes, ...office } = await openOffice(file, 'presentationml');
  const what = `"${file.name}"`;
  const relations = await relationsOf(archive, main, file.name);
  const presentation = parseXml(await archive.text(main), what);
  const sections: Section[] = [];
  let title = office.title === 'PowerPoint Presentation' ? '' : office.title;
  let hidden = 0;
  for (const [index, slideId] of elementsOf(child(presentation, 'sldIdLst') ?? presentation).entries()) {
    const part = slideId.name === 'sldId' ? relations.get(relationId(slideId))?.target : undefined;
    if (part === undefined || !archive.has(part)) continue;
    const slide = parseXml(await archive.text(part), what);
    if (attribute(slide, 'show') === '0') {
      hidden += 1;
      continue;
    }
    const notesPart = targetOf((await relationsOf(archive, part, file.name)).values(), 'notesSlide');
    const notesSlide =
      notesPart && archive.has(notesPart) ? parseXml(await archive.text(notesPart), what) : undefined;
    const { heading, blocks } = slideText(slide);
    const spoken = notesSlide ? notesText(notesSlide) : '';
    if (spoken !== '') blocks.push(`Notes: ${spoken}`);
    // A slide that is all title is searched for by it.
    if (blocks.length === 0 && heading !== '') blocks.push(heading);
    title ||= heading;
    sections.push({
      headings: [heading || `Slide ${index + 1}`],
      text: blocks.join('\n\n'),
      page: index + 1,
    });
  }
  title ||= fallbackTitle;
  if (hidden > 0)
    notes.push(hidden === 1 ? 'A hidden slide was left out.' : `${hidden} hidden slides were left out.`);
  return {
    title,
    sections: sections.map((section) => ({ ...section, headings: [title, ...section.headings] })),
    metadata,
    notes,
  };
}

function slideText(slide: XmlElement): { heading: string; blocks: string[] } {
  let heading = '';
  const blocks: string[] = [];
  const walk = (element: XmlElement) => {
    if (element.name === 'sp') {
      const place = placeholder(element);
      const text = paragraphs(child(element, 'txBody'), place === 'body' || place === 'obj');
      if (/^(title|ctrTitle)$/.test(place) && heading === '') heading = text.replace(/\s+/g, ' ');
      else if (!/^(dt|ftr|sldNum)$/.test(place) && text !== '') blocks.push(text);
    } else if (element.name === 'tbl') blocks.push(table(element));
    else if (element.name !== 'Fallback') elementsOf(element).forEach(walk);
  };
  walk(slide);
  return { heading, blocks };
}

function notesText(slide: XmlElement): string {
  return descendants(slide, 'sp')
    .filter((shape) => placeholder(shape) === 'body')
    .map((shape) => paragraphs(child(shape, 'txBody'), false))
    .filter((text) => text !== '')
    .join('\n');
}

/** What a shape is for: `title`, `body` …; `obj` is the usual kind, `none` what stands freely. */
function placeholder(shape: XmlElement): string {
  const [mark] = descendants(child(shape, 'nvSpPr'), 'ph');
  return mark ? (attribute(mark, 'type') ?? 'obj') : 'none';
}

function paragraphs(body: XmlElement | undefined, list: boolean): string {
  if (!body) return '';
  const found = elementsOf(body)
    .filter(({ name }) => name === 'p')
    .map((paragraph) => ({
      level: Number(attribute(child(paragraph, 'pPr'), 'lvl') ?? 0) || 0,
      plain: child(child(paragraph, 'pPr'), 'buNone') !== undefined,
      text: lineOf(paragraph),
    }))
    .filter(({ text }) => text !== '');
  if (!list || found.length < 2) return found.map(({ text }) => text).join('\n');
  return found
    .map(({ level, plain, text }) => (plain ? text : `${'  '.repeat(Math.min(level, 8))}- ${text}`))
    .join('\n');
}

function lineOf(paragraph: XmlElement): string {
  return elementsOf(paragraph)
    .map((part) => (part.name === 'br' ? '\n' : textOf(child(part, 't'))))
    .join('')
    .trim();
}

function table(element: XmlElement): string {
  const [header = [], ...body] = elementsOf(element)
    .filter(({ name }) => name === 'tr')
    .map((row) =>
      elementsOf(row)
        .filter(({ name }) => name === 'tc')
        .map((cell) => paragraphs(child(cell, 'txBody'), false)),
    );
  return markdownTable(header, body);
}
