import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  insertCompletionText,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { functions } from '#lib/workflow/functions.ts';
import { listMethods } from '#lib/workflow/list-methods.ts';
import { numberMethods, textMethods } from '#lib/workflow/text-methods.ts';
import { completePath, type PathCompletion, type PathOption } from './complete-path.ts';
import type { FormScope, Sample } from './scope.ts';
import { spanAt } from './template-spans.ts';

/** Read at each completion, so that the editor need not be made again when a run ends. */
export type CompletionFacts = () => { scope: FormScope; sample: Sample | null };

/** Completes names, functions and methods inside `{{ }}`; outside, when asked for, whole expressions. */
export function templateCompletion(facts: CompletionFacts): Extension {
  return completion((context) => {
    const text = context.state.doc.toString();
    const span = spanAt(text, context.pos);
    if (span) return complete(context, text.slice(span.start + 2, context.pos), facts);
    if (!context.explicit) return null;
    const found = completePath('', facts().scope, facts().sample);
    const options = found?.options.map((option) => ({ ...shown(option), apply: openExpression }));
    return options ? { from: context.pos, options } : null;
  });
}

/** Completes names in code, beside what the language itself offers. */
export function scopeCompletion(facts: CompletionFacts): CompletionSource {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const found = completePath(line.text.slice(0, context.pos - line.from), facts().scope, facts().sample);
    if (
      !found ||
      (found.owner === null && !context.explicit && !/\w$/.test(line.text.slice(0, context.pos - line.from)))
    ) {
      return null;
    }
    const options = found.options.map(shown);
    return options.length === 0 ? null : { from: line.from + found.from, options, validFor: /^[\w$]*$/ };
  };
}

export function completion(...sources: CompletionSource[]): Extension {
  return autocompletion({ override: sources, icons: false, maxRenderedOptions: 80 });
}

function complete(
  context: CompletionContext,
  before: string,
  facts: CompletionFacts,
): CompletionResult | null {
  const named = namespaceCompletion(before, context.pos);
  if (named) return named;
  const { scope, sample } = facts();
  const found = completePath(before, scope, sample);
  if (!found) return null;
  const options = [...found.options.map(shown), ...callable(found)];
  if (options.length === 0) return null;
  return { from: context.pos - before.length + found.from, options, validFor: /^[\w$]*$/ };
}

/** `Math.` → the functions of that name space. */
function namespaceCompletion(before: string, position: number): CompletionResult | null {
  const match = /(?:^|[^\w$.])([A-Z]\w*)\.(\w*)$/.exec(before);
  if (!match) return null;
  const prefix = `${match[1]}.`;
  const options = [...functions.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .map((entry) => ({ ...functionOption(entry), label: entry.name.slice(prefix.length) }));
  return options.length === 0 ? null : { from: position - match[2]!.length, options, validFor: /^\w*$/ };
}

function callable({ owner }: PathCompletion): Completion[] {
  if (owner === null) return [...functions.values()].map(functionOption);
  if (owner === 'object' || owner === 'unknown') return [];
  const methods = { list: listMethods, text: textMethods, number: numberMethods }[owner];
  return [...methods.keys()].map((name) => ({
    label: name,
    detail: '( )',
    type: 'method',
    apply: call(name),
    boost: -1,
  }));
}

function functionOption({
  name,
  signature,
  summary,
}: {
  name: string;
  signature: string;
  summary: string;
}): Completion {
  return {
    label: name,
    detail: signature.slice(name.length),
    info: summary,
    type: 'function',
    apply: call(name),
    boost: -2,
  };
}

function shown({ name, insert, type, note }: PathOption): Completion {
  return {
    label: name,
    detail: note === undefined ? type : `${type} · ${note}`,
    type: 'variable',
    ...(insert !== undefined && { apply: bracketAccess(insert) }),
  };
}

/** Writes `name()` with the cursor between the parentheses. */
function call(name: string): NonNullable<Completion['apply']> {
  const written = name.slice(name.indexOf('.') + 1);
  return (view, _, from, to) => {
    const already = view.state.sliceDoc(to, to + 1) === '(';
    view.dispatch(insertCompletionText(view.state, already ? written : `${written}()`, from, to));
    view.dispatch({ selection: { anchor: from + written.length + 1 } });
  };
}

/** `["x-id"]` stands in place of the dot before the name. */
function bracketAccess(insert: string): NonNullable<Completion['apply']> {
  return (view, _, from, to) => {
    const dot = view.state.sliceDoc(from - 2, from) === '?.' ? from : from - 1;
    view.dispatch(insertCompletionText(view.state, insert, dot, to));
  };
}

/** `{{ input. }}` with the cursor behind the dot. */
const openExpression: NonNullable<Completion['apply']> = (view, { label }, from, to) => {
  view.dispatch(insertCompletionText(view.state, `{{ ${label} }}`, from, to));
  view.dispatch({ selection: { anchor: from + 3 + label.length } });
};
