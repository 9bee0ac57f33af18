import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { readTemplates, type Template } from './templates.ts';

export interface TemplateView {
  id: string;
  title: string;
  summary: string;
  tags: string[];
  /** Hosts that it calls. */
  needs: string[];
  /** The one that is opened first. */
  tool: string;
  /** With what that one can be tried. */
  input: JsonObject;
  tools: TemplateTool[];
}

export interface TemplateTool {
  name: string;
  title: string;
  description: string;
  /** Names of its arguments. */
  arguments: string[];
  /** Enough to draw it small. */
  steps: { id: string; kind: string; key: string; x: number; y: number; parent: string | null }[];
  edges: { from: string; to: string }[];
}

/** The templates that come with Patchbay, by title. */
export async function listTemplates(): Promise<TemplateView[]> {
  return (await readTemplates()).map(viewOf);
}

function viewOf({ content, ...facts }: Template): TemplateView {
  const tools = content.workflows
    .map(({ document }) => toolOf(document))
    .sort((one, other) => Number(other.name === facts.tool) - Number(one.name === facts.tool));
  return { ...facts, tools };
}

function toolOf(document: WorkflowDocument): TemplateTool {
  const { name, title, description, nodes, edges } = document;
  const properties = compile(document, kinds).contract?.inputSchema['properties'] ?? {};
  return {
    name,
    title,
    description,
    arguments: Object.keys(properties),
    steps: nodes.map(({ id, kind, key, position: { x, y }, parent = null }) => ({
      id,
      kind,
      key,
      x,
      y,
      parent,
    })),
    edges: edges.map(({ from, to }) => ({ from: from.node, to: to.node })),
  };
}
