import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** A picture that a model is shown: its bytes in base64, or where the provider fetches it. */
export type ModelImage = { mimeType: string; base64: string } | { url: string };

/** What is asked of a model, in nobody's format. */
export interface ModelQuestion {
  model: string;
  system: string;
  text: string;
  images: readonly ModelImage[];
  temperature: number | undefined;
  maxTokens: number | undefined;
  /** What the answer has to fit, where the provider can be told; null: an answer in text. */
  schema: JsonObject | null;
  /** An answer that was not accepted, and why: the second round. */
  repair: { reply: ModelReply; words: string } | null;
}

/** What a model answered. */
export interface ModelReply {
  text: string;
  /** The answer, where the provider gives data rather than text. */
  data: JsonValue | undefined;
  /** As the provider names it. */
  model: string;
  /** `stop`: the model was done. `length`: it was cut. `refusal`: the model or its provider would not answer. */
  stopReason: 'stop' | 'length' | 'refusal';
  usage: ModelUsage;
  /** The message as it came, to be shown to the model again. */
  message: JsonValue;
}

/** Tokens; null where the provider did not say. */
export interface ModelUsage {
  inputTokens: number | null;
  outputTokens: number | null;
}

/** How a provider is asked over HTTP, and what its answers mean. Pure. */
export interface ModelProtocol {
  baseUrl: string;
  /** Added to the base URL. */
  path: string;
  headers: Record<string, string>;
  /** Whether a schema that is sent along is shown to the model by the provider itself. */
  showsSchema: boolean;
  body(question: ModelQuestion, baseUrl: string): JsonObject;
  /** Null when the answer is not of this protocol. */
  reply(body: JsonObject): ModelReply | null;
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function countOf(value: JsonValue | undefined): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
