import { AppError } from '#lib/db/app-error.ts';
import type { Folder } from './project-folder.ts';

const ENCODED = /^data:application\/octet-stream;base64,([A-Za-z0-9+/]*={0,2})$/;

/** A folder as an object of texts, for JSON. What is not UTF-8 text travels as a base64 data URL. */
export function filesOf(folder: Folder): Record<string, string> {
  return Object.fromEntries([...folder].map(([path, data]) => [path, textOf(data)]));
}

/** The way back. Throws `invalid` for paths that lead out of the folder. */
export function folderOf(files: Record<string, string>): Folder {
  const wrong = Object.keys(files).filter((path) => !isInside(path));
  if (wrong.length > 0) {
    throw new AppError('invalid', `These are not paths inside a folder: ${wrong.slice(0, 5).join(', ')}`, {
      faults: wrong.map((path) => `${path}: not a path inside a folder`),
    });
  }
  return new Map(
    Object.entries(files).map(([path, text]) => {
      const encoded = ENCODED.exec(text);
      return [path, Buffer.from(encoded ? encoded[1]! : text, encoded ? 'base64' : 'utf8')];
    }),
  );
}

/** Relative, with forward slashes, without empty, `.` or `..` parts. */
export function isInside(path: string): boolean {
  return (
    path !== '' &&
    !/[\\\0]/.test(path) &&
    path.split('/').every((part) => part !== '' && !/^\.{1,2}$/.test(part))
  );
}

function textOf(data: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
    if (!ENCODED.test(text)) return text;
  } catch {
    // Not text: encoded below.
  }
  return `data:application/octet-stream;base64,${Buffer.from(data).toString('base64')}`;
}
