import { type CompiledExpression, compileExpression } from './expression-compile.ts';
import { ExpressionError } from './expression-error.ts';
import type { ExpressionFault, Reference } from './expression-reference.ts';
import { parseExpression } from './expression-syntax.ts';
import { Frame, jsonText, toJson, type Value } from './expression-value.ts';
import type { JsonValue } from './json.ts';
import type { Scope } from './plan.ts';
import { asText } from './text.ts';

/** A text with `{{ expressions }}`, taken apart. */
export interface Template {
  /** Texts as they are, and expressions; in order. */
  parts: (string | CompiledExpression)[];
  references: Reference[];
  /** Why it cannot be evaluated; empty when it can. */
  faults: ExpressionFault[];
}

/** Evaluates a template: the value of a lone expression (undefined when there is none), or text. Throws ExpressionError. */
export type EvaluateTemplate = (scope: Scope) => JsonValue | undefined;

/** Whether a text may hold expressions; what does not costs nothing more. */
export function hasExpressions(text: string): boolean {
  return text.includes('{{');
}

/** Takes a text apart. Never throws: what is wrong is among `faults`, with positions in the text. */
export function parseTemplate(text: string): Template {
  const template: Template = { parts: [], references: [], faults: [] };
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    if (open > from) template.parts.push(text.slice(from, open));
    from = parsePart(text, open, template);
  }
  if (from < text.length) template.parts.push(text.slice(from));
  return template;
}

/** Adds the expression whose braces open here; answers the first character behind it. */
function parsePart(text: string, open: number, template: Template): number {
  const start = open + 2;
  const parsed = parseExpression(text, start);
  const fault = (code: string, message: string, at: { start: number; end: number }) => {
    template.faults.push({ code, message, start: at.start, end: at.end });
    const close = text.indexOf('}}', Math.max(start, at.start));
    return close < 0 ? text.length : close + 2;
  };
  if ('fault' in parsed) {
    const content = skipSpace(text, start);
    if (text.startsWith('}}', content)) {
      const whole = { start: open, end: content + 2 };
      return fault('expression_empty', 'There is nothing between the braces.', whole);
    }
    return fault('expression_syntax', parsed.fault, parsed);
  }
  const { node } = parsed;
  const close = skipSpace(text, node.end);
  if (!text.startsWith('}}', close)) {
    const at = { start: Math.min(close, text.length - 1), end: Math.min(close + 1, text.length) };
    const found = close < text.length ? `, not "${text[close]}"` : '';
    return fault('expression_syntax', `The expression must end with "}}"${found}.`, at);
  }
  const compiled = compileExpression(node, text);
  template.parts.push(compiled);
  template.references.push(...compiled.references);
  template.faults.push(...compiled.faults);
  return close + 2;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at += 1;
  return at;
}

/** The closure of a text with expressions. Throws ExpressionError when there are faults. */
export function compileTemplate(text: string): EvaluateTemplate {
  if (!hasExpressions(text)) return () => text;
  return templateClosure(parseTemplate(text));
}

/** The closure of a template that was taken apart. Throws ExpressionError when there are faults. */
export function templateClosure({ parts, faults }: Template): EvaluateTemplate {
  const [fault] = faults;
  if (fault) throw new ExpressionError(fault.message, fault);
  const meaningful = parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  const [only] = meaningful;
  if (meaningful.length === 1 && typeof only === 'object') return (scope) => evaluateAlone(only, scope);
  return (scope) => {
    const frame = new Frame(scope);
    let text = '';
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : pieceOf(part.evaluate(frame), frame);
      frame.make(text.length + piece.length);
      text += piece;
    }
    return text;
  };
}

function evaluateAlone({ evaluate, isPath }: CompiledExpression, scope: Scope): JsonValue | undefined {
  const frame = new Frame(scope);
  const value = evaluate(frame);
  // What is only read is JSON already.
  return (isPath ? value : toJson(value, frame)) as JsonValue | undefined;
}

function pieceOf(value: Value, frame: Frame): string {
  if (typeof value === 'object' && value !== null) return jsonText(value, frame) ?? '';
  return asText(typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);
}

/** Evaluates a text with expressions once, as a preview does. Throws ExpressionError. */
export function evaluateTemplate(text: string, scope: Scope): JsonValue | undefined {
  return compileTemplate(text)(scope);
}

/** What a text reads of its scope, by position; also of a text that has faults. */
export function referencesOf(text: string): Reference[] {
  return hasExpressions(text) ? parseTemplate(text).references : [];
}
