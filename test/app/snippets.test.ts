import { describe, expect, it } from 'vitest';
import { type Snippet, snippetsFor } from '#app/connect/snippets.ts';

const local = { name: 'orders', url: 'http://localhost:3000/mcp/orders', access: 'key' } as const;
const open = { name: 'orders', url: 'https://tools.example.com/mcp/orders', access: 'public' } as const;

function of(snippets: Snippet[], id: string): Snippet {
  const found = snippets.find((snippet) => snippet.id === id);
  if (!found) throw new Error(`no snippet ${id}`);
  return found;
}

describe('connect snippets', () => {
  it('give Claude Code one command, with the key as a header', () => {
    expect(of(snippetsFor(local), 'claude-code').code?.text).toBe(
      'claude mcp add --transport http orders http://localhost:3000/mcp/orders --header "Authorization: Bearer YOUR_API_KEY"',
    );
  });

  it('give Cursor its install link only where no key is needed, and the link decodes to the entry', () => {
    expect(of(snippetsFor(local), 'cursor').link).toBeUndefined();
    const link = new URL(of(snippetsFor(open), 'cursor').link!.href);
    expect(link.searchParams.get('name')).toBe('orders');
    expect(JSON.parse(atob(link.searchParams.get('config')!))).toEqual({ url: open.url });
  });

  it('let VS Code ask for the key instead of writing it down', () => {
    const { servers, inputs } = JSON.parse(of(snippetsFor(local), 'vscode').code!.text);
    expect(servers.orders.headers.Authorization).toBe('Bearer ${input:patchbay_key}');
    expect(inputs).toEqual([
      { id: 'patchbay_key', type: 'promptString', description: 'API key for orders', password: true },
    ]);
  });

  it('say plainly what Claude on the web cannot do', () => {
    expect(of(snippetsFor(local), 'claude-web').warning).toMatch(/cannot reach an address on this machine/);
    expect(of(snippetsFor({ ...open, access: 'key' }), 'claude-web').warning).toMatch(
      /cannot send an API key/,
    );
    expect(of(snippetsFor(open), 'claude-web').warning).toBeUndefined();
  });

  it('leave the key out of every snippet of a public project', () => {
    expect(JSON.stringify(snippetsFor(open))).not.toContain('YOUR_API_KEY');
  });
});
