/** What is said between the process that reads a repository and the server. Bodies travel beside the messages. */

export interface GitTask {
  url: string;
  branch: string | null;
  /** The commit that is known; when it is still the newest, nothing is fetched. */
  known: string | null;
}

/** A file of the newest commit. */
export interface GitFile {
  path: string;
  /** Hash of its contents. */
  oid: string;
}

export type FromProcess =
  | { type: 'ready' }
  /** With its body. */
  | { type: 'request'; id: number; url: string; method: string; headers: Record<string, string> }
  /** The next piece of an answer is wanted. */
  | { type: 'more'; id: number }
  /** With its files, as JSON, where the commit is not known. */
  | { type: 'listed'; commit: string; branch: string; isKnown: boolean }
  /** With its contents. */
  | { type: 'file'; id: number }
  | { type: 'failed'; id: number | null; words: string };

export type ToProcess =
  | { type: 'begin'; task: GitTask }
  | { type: 'answer'; id: number; status: number; statusText: string; headers: Record<string, string> }
  /** With some of a body. */
  | { type: 'piece'; id: number; last: boolean }
  | { type: 'broken'; id: number; words: string }
  | { type: 'read'; id: number; oid: string; most: number };
