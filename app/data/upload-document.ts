import { ApiError, readProblem } from './api-error.ts';

export interface DocumentUpload {
  project: string;
  base: string;
  file: File;
  /** Aborted when it is not wanted any more. */
  signal: AbortSignal;
  /** Told how much is sent, 0 to 1. */
  onProgress(part: number): void;
}

/**
 * Uploads one file to a knowledge base; it is read in the background. `fetch` does not tell how much it has sent, so
 * this is the older way. Throws ApiError, and an AbortError when it was aborted.
 */
export function uploadDocument({ project, base, file, signal, onProgress }: DocumentUpload): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const at = [project, 'knowledge', base].map(encodeURIComponent).join('/');
    request.open('POST', `/api/v1/projects/${at}/documents`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      readProblem(new Response(request.responseText, { status: request.status })).then(reject, reject);
    };
    request.onerror = () =>
      reject(
        new ApiError(0, 'offline', 'The server cannot be reached. Check the connection, then try again.'),
      );
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });
}
