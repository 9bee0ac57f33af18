/** Path → text of a chosen folder. The browser puts the folder's own name first; hidden files are left out. */
export async function filesOfFolder(chosen: readonly File[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const file of chosen) {
    const path = file.webkitRelativePath.split('/').slice(1).join('/');
    if (path !== '' && !/(^|\/)\./.test(path)) files[path] = await file.text();
  }
  return files;
}

/** Path → text of what "Export as JSON" wrote. Throws an Error that says what the file should be. */
export async function filesOfExport(file: File): Promise<Record<string, string>> {
  const wrong = new Error(
    `${file.name} is not an exported project. Choose a file that "Export as JSON" in a project's settings wrote.`,
  );
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch {
    throw wrong;
  }
  const files = typeof value === 'object' && value !== null && 'files' in value ? value.files : null;
  if (typeof files !== 'object' || files === null) throw wrong;
  const entries = Object.entries(files);
  if (entries.some(([, text]) => typeof text !== 'string')) throw wrong;
  return Object.fromEntries(entries) as Record<string, string>;
}
