import type { NodeKind } from '#lib/engine/kind.ts';
import { addToKnowledge } from './add-to-knowledge.ts';
import { aiModel } from './ai-model.ts';
import { approve } from './approve.ts';
import { askModel } from './ask-model.ts';
import { askUser } from './ask-user.ts';
import { checkedCitations } from './check-citations.ts';
import { fail } from './fail.ts';
import { forEach } from './for-each.ts';
import { http } from './http.ts';
import { branch } from './if.ts';
import { input } from './input.ts';
import { javascript } from './javascript.ts';
import { knowledge } from './knowledge.ts';
import { list } from './list.ts';
import { log } from './log.ts';
import { makeFile } from './make-file.ts';
import { mcpTool } from './mcp-tool.ts';
import { merge } from './merge.ts';
import { output } from './output.ts';
import { parse } from './parse.ts';
import { progress } from './progress.ts';
import { readDocument } from './read-document.ts';
import { resourceChanged } from './resource-changed.ts';
import { roots } from './roots.ts';
import { runWorkflow } from './run-workflow.ts';
import { set } from './set.ts';
import { sql } from './sql.ts';
import { stop } from './stop.ts';
import { store } from './store.ts';
import { choose } from './switch.ts';
import { template } from './template.ts';
import { validate } from './validate.ts';
import { wait } from './wait.ts';

/** Every kind of node, by type, in the order of the palette. */
export const kinds: ReadonlyMap<string, NodeKind> = new Map(
  [
    input,
    output,
    fail,
    http,
    javascript,
    aiModel,
    knowledge,
    readDocument,
    addToKnowledge,
    sql,
    store,
    resourceChanged,
    runWorkflow,
    mcpTool,
    set,
    template,
    makeFile,
    list,
    parse,
    validate,
    checkedCitations,
    branch,
    choose,
    forEach,
    merge,
    wait,
    stop,
    askUser,
    approve,
    progress,
    log,
    askModel,
    roots,
  ].map((kind): [string, NodeKind] => [kind.type, kind]),
);
