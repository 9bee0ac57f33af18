import { describe, expect, it } from 'vitest';
import { linkToFile } from '#lib/sources/git/links.ts';

describe('a file of a repository', () => {
  it.each([
    ['https://github.com/a/b.git', 'https://github.com/a/b/blob/c1/docs/x%20y.md'],
    ['https://gitlab.com/g/s/b', 'https://gitlab.com/g/s/b/-/blob/c1/docs/x%20y.md'],
    ['https://gitlab.example.com/g/b.git/', 'https://gitlab.example.com/g/b/-/blob/c1/docs/x%20y.md'],
    ['https://codeberg.org/a/b', 'https://codeberg.org/a/b/src/commit/c1/docs/x%20y.md'],
    ['https://bitbucket.org/a/b', 'https://bitbucket.org/a/b/src/c1/docs/x%20y.md'],
    ['https://git.example.com/a/b', null],
    ['http://github.com/a/b', null],
  ])('of %s is seen at %s', (repository, link) => {
    expect(linkToFile(repository, 'c1', 'docs/x y.md')).toBe(link);
  });
});
