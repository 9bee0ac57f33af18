import { ApiError, readProblem } from './api-error.ts';

export interface DocumentUpload {
  project: string;
  base: string;
  file: File;
  /** What the document is called: the same again is its next version. */
  path: string;
  /** Aborted when it is not wanted any more. */
  signal: AbortSignal;
  /** Told how many bytes have left; a little more than those of the file, as a form is around it. */
  onProgress(bytes: number): void;
}

/** What the server made of a file. */
export type UploadAnswer =
  | { document: { id: string; name: string }; outcome: 'added' | 'changed' | 'unchanged' }
  | { name: string; error: string };

/**
 * Uploads one file to a knowledge base; it is read in the background. `fetch` does not tell how much it has sent, so
 * this is the older way. Throws ApiError, and an AbortError when it was aborted.
 */
export function uploadDocument({
  project,
  base,
  file,
  path,
  signal,
  onProgress,
}: DocumentUpload): Promise<UploadAnswer[]> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const at = [project, 'knowledge', base].map(encodeURIComponent).join('/');
    request.open('POST', `/api/v1/projects/${at}/documents`);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve(answersIn(request.responseText));
      readProblem(new Response(request.responseText, { status: request.status })).then(reject, reject);
    };
    request.onerror = () =>
      reject(
        new ApiError(0, 'offline', 'The server cannot be reached. Check the connection, then try again.'),
      );
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    const form = new FormData();
    form.append('file', file, path);
    request.send(form);
  });
}

function answersIn(text: string): UploadAnswer[] {
  return (JSON.parse(text) as { items: UploadAnswer[] }).items;
}
