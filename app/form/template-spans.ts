import { parseExpression } from '#lib/workflow/expression-syntax.ts';

/** Where an expression stands in a text, braces and all. */
export interface TemplateSpan {
  start: number;
  /** First character behind it; the end of the text while `}}` is missing. */
  end: number;
  closed: boolean;
}

/** The expressions of a text, in the way the compiler finds them: braces inside an expression do not end it. */
export function templateSpans(text: string): TemplateSpan[] {
  const spans: TemplateSpan[] = [];
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    const parsed = parseExpression(text, open + 2);
    const inner = 'node' in parsed ? parsed.node.end : open + 2;
    const close = text.indexOf('}}', inner);
    from = close < 0 ? text.length : close + 2;
    spans.push({ start: open, end: from, closed: close >= 0 });
  }
  return spans;
}

/** The expression the cursor is in (between its braces), if it is in one. */
export function spanAt(text: string, position: number): TemplateSpan | null {
  const inside = ({ start, end, closed }: TemplateSpan): boolean =>
    position >= start + 2 && position <= (closed ? end - 2 : end);
  return templateSpans(text).find(inside) ?? null;
}
