import type { Contract } from './contract.ts';
import type { WorkflowDocument } from './document.ts';
import type { GraphNode } from './graph.ts';
import { iconFault, WORKFLOW_ICON_BYTES } from './icon.ts';
import type { JsonSchema } from './json.ts';
import type { ClientAbility } from './kind.ts';
import { kindFace } from './kind-face.ts';
import { mergeOutput } from './merge-output.ts';
import type { Problem } from './problem.ts';
import { checkText, schemaFaults } from './schema-limits.ts';

/** What model providers refuse at the root of a tool's arguments, and with it the tool or all tools. */
const COMBINATORS = ['anyOf', 'oneOf', 'allOf', 'if'];

/** The one dialect of JSON Schema that is understood. */
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const DESCRIPTION_MISSING: Record<WorkflowDocument['kind'], string> = {
  tool: 'Say what the tool does and when to use it: a model chooses it by its description.',
  resource: 'Say what can be read here: people and models choose a resource by its description.',
  prompt: 'Say what the prompt is for: people choose it by its description.',
};

/** The public face of a workflow, and what keeps it from being published. `nodes` are those whose config is valid. */
export function contractOf(
  document: WorkflowDocument,
  nodes: readonly GraphNode[],
): { contract: Contract; problems: Problem[] } {
  const problems: Problem[] = [];
  for (const field of ['title', 'description'] as const) {
    checkText(document[field], (code, message) => {
      problems.push({ code, severity: 'error', message: `The ${field}: ${message}`, field: [field] });
    });
  }
  if (document.description.trim() === '') {
    problems.push({
      code: 'description_empty',
      severity: 'warning',
      message: DESCRIPTION_MISSING[document.kind],
      field: ['description'],
    });
  }
  const contract: Contract = {
    kind: document.kind,
    name: document.name,
    title: document.title,
    description: document.description,
    annotations: { ...document.settings.annotations },
    inputSchema: inputSchema(
      nodes,
      problems,
      document.kind === 'tool' && document.settings.anySchema === true,
    ),
    outputSchema: outputSchema(nodes, problems),
  };
  const requires = required(nodes);
  // Left out where it is empty, so that the contract of a workflow that asks for nothing stays as it is.
  if (requires.length > 0) contract.requires = requires;
  const { task } = document.settings;
  if (document.kind === 'tool' && task !== undefined && task !== 'never') contract.task = task;
  const { icon } = document.settings;
  if (icon !== undefined && icon !== '') {
    const fault = iconFault(icon, WORKFLOW_ICON_BYTES);
    if (fault === null) contract.icon = icon;
    else {
      const field = ['settings', 'icon'];
      problems.push({ code: 'icon_invalid', severity: 'error', message: fault, field });
    }
  }
  const face = kindFace(document, contract.inputSchema);
  Object.assign(contract, face.members);
  problems.push(...face.problems);
  return { contract, problems };
}

/** Every ability of the client that a step needs, once, in the order of their names. */
function required(nodes: readonly GraphNode[]): ClientAbility[] {
  const all = nodes.flatMap(({ node, kind, config }) =>
    node.settings?.disabled ? [] : [...(kind.requires?.(config) ?? [])],
  );
  return [...new Set(all)].sort();
}

function inputSchema(nodes: readonly GraphNode[], problems: Problem[], asWritten: boolean): JsonSchema {
  const start = nodes.find(({ kind }) => kind.role === 'start');
  const given = start?.kind.contractInput?.(start.config, { asWritten });
  if (!start || !given) return { type: 'object', properties: {}, additionalProperties: false };
  checkSchema(start, { schema: given, what: 'arguments', forModels: true, asWritten }, problems);
  return asWritten ? given : withoutIdentity({ ...given, type: 'object' });
}

/** Null when no end gives structured content, or when one of them may not: a promise holds for every answer. */
function outputSchema(nodes: readonly GraphNode[], problems: Problem[]): JsonSchema | null {
  const ends = nodes.filter(({ kind }) => kind.role === 'end' && kind.contractOutput);
  const schemas: JsonSchema[] = [];
  const without = nodes.filter(({ kind, config }) => kind.answersPlainly?.(config));
  for (const end of ends) {
    const schema = end.kind.contractOutput!(end.config);
    if (schema === null) {
      without.push(end);
      continue;
    }
    checkSchema(end, { schema, what: 'structured answer' }, problems);
    schemas.push(withoutIdentity({ ...schema, type: 'object' }));
  }
  if (schemas.length === 0) return null;
  for (const { node } of without) {
    problems.push({
      code: 'output_mixed',
      severity: 'warning',
      message: `Other ends give a structured value and "${node.key}" does not, so that no schema can be promised to clients.`,
      nodeId: node.id,
    });
  }
  return without.length > 0 ? null : mergeOutput(schemas);
}

function checkSchema(
  { node }: GraphNode,
  {
    schema,
    what,
    forModels = false,
    asWritten = false,
  }: { schema: JsonSchema; what: string; forModels?: boolean; asWritten?: boolean },
  problems: Problem[],
): void {
  const words = `The schema of the ${what}`;
  if (schema['type'] !== 'object') {
    const message = `${words} must be that of an object: "type": "object".`;
    problems.push({ code: 'schema_not_object', severity: 'error', message, nodeId: node.id });
  }
  for (const word of COMBINATORS) {
    if (!forModels || !(word in schema)) continue;
    const cost = 'model providers refuse the tool, or all tools of the server';
    const message = asWritten
      ? `${words} has "${word}" at its root: ${cost}.`
      : `${words} may not have "${word}" at its root: ${cost}. For clients that need it, switch on "Any JSON Schema" in the workflow's panel.`;
    problems.push({
      code: 'schema_root_combinator',
      severity: asWritten ? 'warning' : 'error',
      message,
      nodeId: node.id,
    });
  }
  if (asWritten && '$schema' in schema && schema['$schema'] !== DIALECT) {
    const message = `${words} has another "$schema" than ${JSON.stringify(DIALECT)}, which is what values are checked by.`;
    problems.push({ code: 'schema_dialect', severity: 'error', message, nodeId: node.id });
  }
  for (const { code, message, path } of schemaFaults(schema, { names: forModels, anchors: asWritten })) {
    const place = path.length > 0 ? ` (${path.join('.')})` : '';
    problems.push({ code, severity: 'error', message: `${words}${place}: ${message}`, nodeId: node.id });
  }
}

function withoutIdentity(schema: JsonSchema): JsonSchema {
  const { $id: _id, $schema: _schema, ...rest } = schema;
  return rest;
}
