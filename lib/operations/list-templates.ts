import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { SharedTemplate } from '#lib/db/shared-templates.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import type { App } from './app.ts';
import { readTemplates, type Template } from './templates.ts';
import { readBundle } from './workflow-bundle.ts';

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
  /** Of one that a member shared; null for those that come with Patchbay. */
  shared: {
    /** Name; null for who is gone. */
    author: string | null;
    updatedAt: string;
    /** Whether whoever asks may withdraw it. */
    mayChange: boolean;
  } | null;
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

/** What was shared in the organization, and then what comes with Patchbay, each by title. */
export async function listTemplates(app: App, principal: Principal): Promise<TemplateView[]> {
  const shared = await repository(app.db, principal).sharedTemplates.list();
  const own = shared.flatMap((template) => {
    try {
      return [sharedView(template, principal)];
    } catch (error) {
      // One of another version of Patchbay must not take the others along.
      app.log.warn({ err: error, template: template.id }, 'a shared template was left out');
      return [];
    }
  });
  return [...own, ...(await builtInTemplates())];
}

/** The templates that come with Patchbay, by title. */
export async function builtInTemplates(): Promise<TemplateView[]> {
  return (await readTemplates()).map(viewOf);
}

function sharedView(template: SharedTemplate, principal: Principal): TemplateView {
  const { id, title, summary, tags, input, author, authorId, updatedAt } = template;
  const { workflows, connections } = readBundle(template.content);
  const runs = principal.type === 'user' && (principal.role === 'owner' || principal.role === 'admin');
  const isOwn = principal.type === 'user' && principal.userId === authorId;
  return {
    id,
    title,
    summary,
    tags,
    needs: [...new Set(connections.flatMap(({ hosts }) => hosts))],
    tool: workflows[0]!.name,
    input,
    tools: workflows.map(({ document }) => toolOf(document)),
    shared: { author, updatedAt: updatedAt.toISOString(), mayChange: runs || isOwn },
  };
}

function viewOf({ content, ...facts }: Template): TemplateView {
  const tools = content.workflows
    .map(({ document }) => toolOf(document))
    .sort((one, other) => Number(other.name === facts.tool) - Number(one.name === facts.tool));
  return { ...facts, tools, shared: null };
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
