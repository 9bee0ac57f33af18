/** Passages from which on a graph is worth its upkeep; fewer are compared one by one as quickly, and exactly. */
export const GRAPH_PASSAGES = 20_000;

/** What is looked for in a graph. */
export interface GraphQuery {
  indexId: string;
  /** Of length 1. */
  vector: Float32Array;
  /** How many. */
  most: number;
  /** Nothing but these versions; null: all. */
  only: readonly string[] | null;
}

/** A passage of a version that is searched. */
export interface GraphNear {
  versionId: string;
  ordinal: number;
  /** Cosine, -1 to 1. */
  score: number;
}

/** How far the graph of an index is. All but `built` count passages of versions that are searched. */
export interface GraphState {
  passages: number;
  /** Of them, those with a vector. */
  vectors: number;
  /** Of these, those that the graph has. */
  linked: number;
  built: boolean;
}

/** Nearest neighbours by a graph that the database keeps. The blocks of vectors are the truth; what goes there goes here. */
export interface VectorGraphs {
  /** Null where there can be none: the vectors are too long, or the index is gone. */
  state(indexId: string): Promise<GraphState | null>;
  /** Best first; null when it found too few, and the exact search has to be asked. */
  near(query: GraphQuery): Promise<GraphNear[] | null>;
  /**
   * Takes in the blocks that the graph lacks, and makes it when there is none. Answers how many they were. `versionId`:
   * those of this version alone, and nothing where there is no graph yet. `least`: passages below which none is made.
   */
  link(indexId: string, options: LinkOptions): Promise<number>;
}

export interface LinkOptions {
  versionId?: string;
  least?: number;
  signal: AbortSignal;
}
