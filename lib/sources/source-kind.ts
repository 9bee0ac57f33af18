import type * as z from 'zod';
import type { Egress } from '#lib/egress/fetch.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** What can go along with a request. */
export interface SourceCredential {
  headers: Record<string, string>;
}

/** How a page, a file or an object is at the moment. */
export type Outcome =
  | { type: 'document'; document: FoundDocument; mark: JsonValue }
  /** As it was when it was read last. A mark that is left out stays. */
  | { type: 'unchanged'; mark?: JsonValue }
  /** Not for the knowledge base, by the rules of the source or of its owner. */
  | { type: 'left-out'; reason: string }
  /** It could not be had now; what is known of it stays. */
  | { type: 'failed'; reason: string }
  /** It is there no more. */
  | { type: 'gone' };

export interface FoundDocument {
  name: string;
  data: Uint8Array;
  mimeType: string;
  /** Where people find it. */
  uri?: string;
  metadata?: JsonObject;
}

/** Something to be looked at later in the run. */
export interface Waiting {
  path: string;
  /** What the kind needs to find it again: it outlives the process. */
  place: JsonObject;
}

/** What a kind is handed to read a source once. Paths name what it finds within the source. */
export interface SourceRun {
  signal: AbortSignal;
  egress: Egress;
  /**
   * What carries the credential of the source's connection to an address; no headers where it has none. Throws
   * StepError as `connectionCredential`.
   */
  credential(url: string): Promise<SourceCredential>;
  /** User name and password of a connection of type basic, for who signs with them; null where there is none. */
  keyPair(url: string): Promise<{ username: string; password: string } | null>;
  /** How the whole was at the end of the last complete run; null when there was none with this config. */
  mark: JsonValue;
  /** Whether all that the last complete run kept is still there, and nothing failed then: the mark speaks for the whole. */
  isAsLeft(): boolean;
  /** The mark that its document was stored with; undefined when there is no such document. */
  markOf(path: string): JsonValue | undefined;
  /** Whether this run, or the process that began it, has settled it already. */
  isSettled(path: string): boolean;
  /** Whether this run has come upon it. */
  isFound(path: string): boolean;
  /** What this run found and did not come to, in the order it was found: also of a process that died. */
  waiting(): readonly Waiting[];
  /** What earlier runs found and this one did not. */
  others(): readonly Waiting[];
  /** How much this run, or the process that began it, has read and found to be worth keeping. */
  kept(): number;
  /** The file of its document, as it was stored. Null when it is gone. */
  stored(path: string): Promise<Uint8Array | null>;
  /** Notes what is to be looked at in this run; what was found already is left as it is. */
  find(items: readonly Waiting[]): void;
  /** Says how it is, and waits until a document is stored. */
  settle(path: string, outcome: Outcome): Promise<void>;
  /** Something people should know about this run. */
  tell(note: string): void;
}

export interface SourceEnd {
  /** Whether all there is was looked at. Only then is gone what was not found. */
  complete: boolean;
  /** To be kept for the next run; left out: what was kept stays. */
  mark?: JsonValue;
}

/** One kind of source: a file of its own, and a line in `kinds.ts`. */
export interface SourceKind<Config extends JsonObject> {
  kind: string;
  /** Checks and completes a config. */
  config: z.ZodType<Config>;
  /** What cannot be said in a schema. Throws ExpressionError. */
  check?(config: Config): void;
  /** The connection it takes: of these types. */
  connection: { types: readonly string[]; words: string };
  /** How much it may fetch, beside what the egress allows anyway. */
  limits?: { largestBytes?: number; longestMs?: number };
  /** A run of it may be broken off and taken up again at little cost, so that other sources come to their turn. */
  takesTurns?: true;
  /** Reads it once. Throws StepError when the whole cannot be had. */
  read(config: Config, run: SourceRun): Promise<SourceEnd>;
}
