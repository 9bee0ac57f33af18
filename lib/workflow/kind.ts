import type * as z from 'zod';
import type { KindExample } from './example.ts';
import type { JsonSchema } from './json.ts';
import type { Problem } from './problem.ts';

/** Where a kind stands in the palette; also its colour. */
export type KindGroup = 'start-end' | 'do' | 'shape' | 'flow' | 'client';

/** An outgoing connection point of a node. */
export interface Handle {
  id: string;
  /** Shown when there is more than one: `price > 100`. */
  label?: string;
  /** Where nothing follows it the step fails in place of leaving by it. */
  optional?: true;
}

/** How the inspector draws a field. Anything not named here is drawn from the JSON Schema type alone. */
export type Widget =
  | 'text'
  | 'textarea'
  | 'code'
  | 'json'
  | 'schema'
  | 'key-value'
  | 'select'
  | 'connection'
  | 'knowledge-base'
  | 'workflow'
  /** A version of the workflow that the sibling field `workflow` names. */
  | 'workflow-version'
  | 'mcp-tool'
  /** The arguments of the workflow that the sibling fields `workflow` and `version` name. */
  | 'workflow-arguments'
  /** The arguments of the tool that the sibling field `tool` holds. */
  | 'mcp-tool-arguments'
  /** Made up with the item of a list that it names, and never changed or shown. */
  | 'id';

declare module 'zod' {
  interface GlobalMeta {
    widget?: Widget;
    /** Every string inside this field may hold `{{ expressions }}`. */
    template?: boolean;
    placeholder?: string;
    /** Folded away under "More". */
    advanced?: boolean;
    /** Shown only while a sibling field has one of these values. */
    showIf?: { field: string; in: (string | boolean | number)[] };
    /** For `widget: 'code'`; with `textarea` the text is set as code is. */
    language?: 'javascript' | 'json' | 'sql';
    /** Narrow: stands beside a neighbour that is narrow too. */
    half?: boolean;
    /** For `widget: 'connection'`: those that can be used here. */
    connectionType?: 'http' | 'postgres';
    /** For a select: the words for each value. */
    labels?: Record<string, string>;
  }
}

/**
 * The static half of a node kind: all that the canvas, the inspector, the compiler and the documentation ask.
 * `lib/engine/kind.ts` adds `run`. Nothing outside a kind's own file may know it by name.
 */
export interface KindSpec<Config extends z.ZodType = z.ZodType> {
  /** Unique, lower case: `http`. */
  type: string;
  /** `HTTP request` */
  title: string;
  /** One sentence for the palette and the docs page. */
  summary: string;
  /** Other words that people look for it by: `loop`, `sleep`. Lower case. */
  keywords?: readonly string[];
  /** A lucide icon name: `globe`. */
  icon: string;
  group: KindGroup;
  /** `start`: exactly one, its value is the arguments. `end`: nothing may follow it. */
  role?: 'start' | 'end';
  /** What is stored in the document. Fields with `template: true` hold text with `{{ expressions }}`. */
  config: Config;
  /**
   * What `run` gets: the config after its expressions were evaluated. Left out where it is the same shape.
   * A mismatch is a StepError that names the field.
   */
  resolved?: z.ZodType;
  /** The config of a node just dropped on the canvas; must satisfy `config`. */
  initial: z.input<Config>;
  /** Suggested key for a new node: `fetch`. */
  initialKey: string;
  /** Outgoing handles; empty for an end. Most kinds: `[{ id: 'out' }]`. The error handle is added by the compiler. */
  handles(config: z.output<Config>): Handle[];
  /** What the node's value looks like, as far as it is known without running. `{}` = anything. */
  outputSchema(config: z.output<Config>): JsonSchema;
  /** The card's line: "GET /orders/{id}". */
  describe(config: z.output<Config>): string;
  /** Capabilities `run` uses, shown to the administrator and checked by the contract test. */
  needs: readonly CapabilityName[];
  /** The node may make the run wait for somebody or something outside: until then it holds nothing. */
  waits?: true;
  /** How a node waits for the ways that lead to it, see `PlanNode.join`; `all` when left out. */
  join?(config: z.output<Config>): 'all' | 'first';
  /** A container: nodes whose `parent` it is are its body, which runs once for each item. */
  body?: ContainerBody<z.output<Config>>;
  /** True when the node has a meaning only in the body of a container. */
  insideOnly?(config: z.output<Config>): boolean;
  /**
   * End kinds without `contractOutput`: true when the run may end well here, which gives an answer without a
   * structured value.
   */
  answersPlainly?(config: z.output<Config>): boolean;
  /** What a client must be able to do, or the tool cannot be called by it. */
  requires?(config: z.output<Config>): readonly ClientAbility[];
  /** A small workflow that shows it at work: on its page of the documentation, and run by a test. */
  example: KindExample;
  /** Start kinds only: the schema of the arguments; `asWritten` without what is otherwise assumed where it says nothing. */
  contractInput?(config: z.output<Config>, options?: { asWritten: boolean }): JsonSchema;
  /** End kinds only: the schema of `structuredContent`, or null when the answer is not structured. */
  contractOutput?(config: z.output<Config>): JsonSchema | null;
  /** Problems that the schema cannot say (an invalid schema, code that does not parse). `field` is relative to config. */
  check?(
    config: z.output<Config>,
  ): Pick<Problem, 'code' | 'severity' | 'message' | 'field' | 'start' | 'end'>[];
}

/** What a container says about its body. */
export interface ContainerBody<Config> {
  /** The handle whose edges lead into the body: to nodes inside it, and to them only. */
  handle: string;
  /** The config field whose expressions are evaluated inside the body when the steps of an item are done. */
  collect: string;
  /** The config field that the items come from, when it is one text with expressions. */
  over?: string;
  /**
   * What `steps.<key of the container>` is to the steps inside: the item at hand. `over` is what is known of the
   * value of that field.
   */
  itemSchema(config: Config, over: JsonSchema): JsonSchema;
  /** The value of the container to the steps behind it; `collected` is what is known of one collected value. */
  valueSchema(config: Config, collected: JsonSchema): JsonSchema;
}

/** Requests that only some clients answer. */
export type ClientAbility = 'sampling' | 'roots';

export type CapabilityName =
  | 'http'
  | 'code'
  | 'knowledge'
  | 'files'
  | 'store'
  | 'sql'
  | 'mcp'
  | 'workflows'
  | 'parse'
  | 'schemas'
  | 'news'
  | 'progress'
  | 'log';
