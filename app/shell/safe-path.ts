/** A path of this app to go on to. Anything that could lead elsewhere becomes the list of projects. */
export function safePath(path: string | undefined): string {
  return path && /^\/(?![/\\])[^\\]*$/.test(path) ? path : '/projects';
}
