import type { Contract, PromptArgument, ResourceFace } from './contract.ts';
import type { Completion, WorkflowDocument } from './document.ts';
import { hiddenCharacter } from './hidden-characters.ts';
import { isJsonObject, type JsonObject, type JsonSchema } from './json.ts';
import type { Problem } from './problem.ts';
import { isTextual } from './text-arguments.ts';
import { checkUri, isUriTemplate, UriError, uriTemplate } from './uri-template.ts';

/** URIs that begin so are those of documents in knowledge bases. */
export const KNOWLEDGE_SCHEME = 'knowledge://';

/** What workflows write into a knowledge base lies apart: no run takes the place of what somebody uploaded. */
export const WRITTEN_PATH = 'workflows/';

type Face = Pick<Contract, 'resource' | 'arguments' | 'completions'>;

/**
 * What the contract of a resource or of a prompt has besides that of a tool, and what keeps it from being one. A
 * tool's has nothing of it, so that contracts made before there were others stay as they are.
 */
export function kindFace(
  document: WorkflowDocument,
  inputSchema: JsonSchema,
): { members: Face; problems: Problem[] } {
  const problems = misplaced(document);
  const fault: Report = (code, message, field) => {
    problems.push({ code, severity: 'error', message, field: ['settings', ...field] });
  };
  const { kind, settings } = document;
  const names = Object.keys(propertiesOf(inputSchema));
  const members: Face = {};
  if (kind === 'resource') members.resource = resourceFace(document, names, fault);
  if (kind === 'prompt') {
    members.arguments = promptArguments(inputSchema);
    checkTextual(inputSchema, fault);
  }
  if (members.resource?.uriTemplate !== undefined) checkTextual(inputSchema, fault);
  if (settings.completions && kind !== 'tool') {
    const completions = completionsFor(settings.completions, names, fault);
    if (Object.keys(completions).length > 0) members.completions = completions;
  }
  return { members, problems };
}

type Report = (code: string, message: string, field: (string | number)[]) => void;

/** Settings of one kind that a workflow of another has. */
function misplaced({ kind, settings }: WorkflowDocument): Problem[] {
  const problems: Problem[] = [];
  const report = (severity: Problem['severity'], name: keyof typeof settings, message: string) => {
    problems.push({ code: 'setting_misplaced', severity, message, field: ['settings', name] });
  };
  if (settings.resource && kind !== 'resource') {
    report('error', 'resource', `Only a resource has a URI, and this is a ${kind}: remove it.`);
  }
  if (settings.completions && kind === 'tool') {
    report('error', 'completions', 'Only arguments of prompts and of resources can be completed.');
  }
  if (settings.annotations && kind !== 'tool') {
    report(
      'warning',
      'annotations',
      `The hints of a tool mean nothing for a ${kind}: clients do not get them.`,
    );
  }
  return problems;
}

function resourceFace(
  { settings: { resource } }: WorkflowDocument,
  names: readonly string[],
  fault: Report,
): ResourceFace {
  const at = ['resource', 'uri'];
  const { uri = '', mimeType, annotations, pollMs } = resource ?? {};
  if (uri.trim() === '') {
    fault('uri_missing', 'Give the resource a URI, for example orders://open or orders://{order_id}.', at);
    return {};
  }
  const isTemplate = isUriTemplate(uri);
  try {
    if (isTemplate) checkVariables(uriTemplate(uri).variables, names, fault);
    else checkUri(uri);
  } catch (error) {
    if (!(error instanceof UriError)) throw error;
    fault('uri_invalid', error.message, at);
  }
  if (uri.startsWith(KNOWLEDGE_SCHEME)) {
    fault(
      'uri_reserved',
      `"${KNOWLEDGE_SCHEME}" is for documents of knowledge bases: choose another scheme.`,
      at,
    );
  }
  if (!isTemplate && names.length > 0) {
    const message = `The URI has no place for ${listed(names)}: write the URI as a template ("orders://{${names[0]}}"), or remove the arguments.`;
    fault('uri_arguments', message, at);
  }
  if (mimeType !== undefined && !MIME_TYPE.test(mimeType)) {
    fault('mime_type', `"${mimeType.slice(0, 60)}" is no MIME type: write text/markdown, say.`, [
      'resource',
      'mimeType',
    ]);
  }
  return {
    ...(isTemplate ? { uriTemplate: uri } : { uri }),
    ...(mimeType !== undefined && { mimeType }),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    ...(pollMs !== undefined && { pollMs }),
  } as ResourceFace;
}

const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+(?:;[ \w.+=";-]*)?$/;

function checkVariables(variables: readonly string[], names: readonly string[], fault: Report): void {
  const at = ['resource', 'uri'];
  const unknown = variables.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const message = `The start of the workflow has no argument ${listed(unknown)}, which the URI names: add it there.`;
    fault('uri_variable_unknown', message, at);
  }
  const missing = names.filter((name) => !variables.includes(name));
  if (missing.length > 0) {
    const message = `The URI has no place for ${listed(missing)}: name it in the URI, or remove the argument.`;
    fault('uri_arguments', message, at);
  }
}

function checkTextual(inputSchema: JsonSchema, fault: Report): void {
  for (const [name, schema] of Object.entries(propertiesOf(inputSchema))) {
    if (isTextual(schema)) continue;
    const message = `The argument "${name}" comes as text, which can be read as a number or as true or false, and not as a list or an object.`;
    fault('argument_type', message, []);
  }
}

function promptArguments(inputSchema: JsonSchema): PromptArgument[] {
  const required = Array.isArray(inputSchema['required']) ? inputSchema['required'] : [];
  return Object.entries(propertiesOf(inputSchema)).map(([name, schema]) => {
    const { title, description } = isJsonObject(schema) ? schema : {};
    return {
      name,
      ...(typeof title === 'string' && title !== '' && { title }),
      ...(typeof description === 'string' && description !== '' && { description }),
      ...(required.includes(name) && { required: true as const }),
    };
  });
}

function completionsFor(
  given: Record<string, Completion>,
  names: readonly string[],
  fault: Report,
): Record<string, Completion> {
  const known = Object.entries(given).filter(([name, completion]) => {
    if (isUnset(completion)) {
      fault('completion_empty', `Say what is to be proposed for "${name}", or choose nothing.`, [
        'completions',
        name,
      ]);
    }
    const hidden =
      completion.type === 'list' ? completion.values.find((value) => hiddenCharacter(value)) : undefined;
    if (hidden !== undefined) {
      fault(
        'hidden_character',
        `A value proposed for "${name}" has a character that is not seen: remove it.`,
        ['completions', name],
      );
    }
    if (names.includes(name)) return true;
    fault('completion_unknown', `There is no argument "${name}" whose values could be proposed.`, [
      'completions',
      name,
    ]);
    return false;
  });
  return Object.fromEntries(known.map(([name, completion]) => [name, withoutBlanks(completion)]));
}

function isUnset(completion: Completion): boolean {
  switch (completion.type) {
    case 'list':
      return completion.values.every((value) => value.trim() === '');
    case 'workflow':
      return completion.workflow === '';
    case 'knowledge-base':
      return completion.base === '';
  }
}

/** A list as it is typed may have empty lines. */
function withoutBlanks(completion: Completion): Completion {
  if (completion.type !== 'list') return completion;
  return { type: 'list', values: completion.values.map((value) => value.trim()).filter(Boolean) };
}

function propertiesOf(schema: JsonSchema): JsonObject {
  const properties = schema['properties'];
  return isJsonObject(properties) ? properties : {};
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
