/**
 * Where people see a file of a repository at a commit, on the hosts whose addresses are known; null on others. What
 * answers Git on `https://host/owner/name.git` shows pages at `https://host/owner/name`.
 */
export function linkToFile(repository: string, commit: string, path: string): string | null {
  const url = new URL(repository);
  if (url.protocol !== 'https:') return null;
  const home = `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
  const file = path.split('/').map(encodeURIComponent).join('/');
  const { hostname } = url;
  if (hostname === 'github.com') return `${home}/blob/${commit}/${file}`;
  if (hostname === 'bitbucket.org') return `${home}/src/${commit}/${file}`;
  if (isNamed(hostname, 'gitlab')) return `${home}/-/blob/${commit}/${file}`;
  if (hostname === 'codeberg.org' || isNamed(hostname, 'gitea') || isNamed(hostname, 'forgejo')) {
    return `${home}/src/commit/${commit}/${file}`;
  }
  return null;
}

/** `gitlab.com`, `gitlab.example.com` */
function isNamed(hostname: string, name: string): boolean {
  return hostname.split('.').includes(name);
}
