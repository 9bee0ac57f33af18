/** A file to add, and what it is called within what was chosen: `guides/returns.md`. */
export interface PickedFile {
  file: File;
  path: string;
}

/** What systems leave lying about: no document. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/;

/** The files of a folder or a selection, as an input of files holds them. Hidden ones are left out. */
export function pickedFiles(files: Iterable<File>): PickedFile[] {
  return [...files]
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ path }) => !HIDDEN.test(path));
}

/**
 * The files of what was dropped, folders with all that is in them. Call it in the very event: afterwards the browser
 * does not hand them out any more.
 */
export async function droppedFiles(data: DataTransfer): Promise<PickedFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return pickedFiles(data.files);
  const found = await Promise.all(entries.map(filesOf));
  return found.flat().filter(({ path }) => !HIDDEN.test(path));
}

async function filesOf(entry: FileSystemEntry): Promise<PickedFile[]> {
  const path = entry.fullPath.replace(/^\/+/, '');
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path }];
  }
  if (!isFolder(entry)) return [];
  const found: PickedFile[] = [];
  const reader = entry.createReader();
  // It hands out a hundred at a time, and none at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found;
    for (const inside of entries) found.push(...(await filesOf(inside)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
