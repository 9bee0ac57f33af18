/** What is said between a thread that reads a repository and the one that started it. */

export interface GitTask {
  url: string;
  branch: string | null;
  /** The commit that is known; when it is still the newest, nothing is fetched. */
  known: string | null;
  /** Of the server's temporary folder; the thread's own. */
  folder: string;
}

/** A file of the newest commit. */
export interface GitFile {
  path: string;
  /** Hash of its contents. */
  oid: string;
}

export type FromThread =
  | {
      type: 'request';
      id: number;
      url: string;
      method: string;
      headers: Record<string, string>;
      body: Uint8Array;
    }
  /** The next piece of an answer is wanted. */
  | { type: 'more'; id: number }
  | { type: 'listed'; commit: string; branch: string; files: GitFile[] | null }
  | { type: 'file'; id: number; data: Uint8Array }
  | { type: 'failed'; id: number | null; words: string };

export type ToThread =
  | { type: 'answer'; id: number; status: number; statusText: string; headers: Record<string, string> }
  | { type: 'piece'; id: number; data: Uint8Array | null }
  | { type: 'broken'; id: number; words: string }
  | { type: 'read'; id: number; oid: string };
