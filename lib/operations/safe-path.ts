/** A path of the web app to go on to. Anything that could lead elsewhere becomes the list of projects. */
export function safePath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path) ? path : '/projects';
}
