import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

const modules = join(import.meta.dirname, '../../../node_modules');

/** The installed version of a package. */
export function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { version: string })
    .version;
}

/** Where a client connects. */
export interface Address {
  url: string;
  key: string;
  /** Of its own, for what the client keeps. */
  folder: string;
}

export interface ListedTool {
  name: string;
  inputSchema?: unknown;
}

export interface ToolAnswer {
  /** The first text of the content. */
  text: string;
  structured: JsonValue | undefined;
  isError: boolean;
}

export interface Told {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

/** What the tests do with a client, whichever it is. */
export interface Connected {
  tools(): Promise<ListedTool[]>;
  call(name: string, args: JsonObject): Promise<ToolAnswer>;
  /** Calls a tool and hands over what is told meanwhile. Only of clients that show progress. */
  listen?(name: string, onProgress: (told: Told) => void): Promise<void>;
  close(): Promise<void>;
}

/** Somebody else's client, as people use it. */
export interface RealClient {
  /** With its version. */
  name: string;
  /** The revision it settles on. */
  protocol: '2026-07-28' | '2025-11-25';
  /** Whoever is asked gives the form its answer; the client then declares that it can be asked. */
  connect(at: Address, person?: Person): Promise<Connected>;
  /** What it can do besides. */
  can: { progress?: true; elicitation?: true };
}

/** Fills in a form that shows this message. */
export type Person = (message: string) => Record<string, string | number | boolean>;

/** A result of `tools/call` in whatever shape a client hands it over. */
export function answerOf(result: unknown): ToolAnswer {
  const { content, structuredContent, isError } = result as {
    content?: { type: string; text?: string }[];
    structuredContent?: JsonValue;
    isError?: boolean;
  };
  return {
    text: content?.find(({ type }) => type === 'text')?.text ?? '',
    structured: structuredContent,
    isError: isError === true,
  };
}
