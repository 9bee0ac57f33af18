import { describe, expect, it } from 'vitest';
import { type Snippet, snippetsFor, type Target } from '#app/connect/snippets.ts';

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

  it('give clients that start programs the command line, with the key in its environment', () => {
    const { orders } = JSON.parse(of(snippetsFor(local), 'stdio').code!.text).mcpServers;
    expect(orders.args.slice(-5)).toEqual(['stdio', '--project', 'orders', '--url', 'http://localhost:3000']);
    expect(orders.env).toEqual({ PATCHBAY_KEY: 'YOUR_API_KEY' });
    expect(of(snippetsFor(open), 'stdio').code!.text).not.toContain('KEY');
  });

  it('hold a key that was just made in the text, and never in a link', () => {
    const key = 'pbk_just_made';
    for (const { id, code, links } of snippetsFor({ ...local, key })) {
      const { code: without } = of(snippetsFor(local), id);
      expect(code?.text, id).toBe(without?.text.replaceAll('YOUR_API_KEY', key));
      for (const { href } of links ?? []) {
        const config = new URL(href).searchParams.get('config');
        expect(decodeURIComponent(href) + (config ? atob(config) : ''), id).not.toContain(key);
      }
    }
    expect(of(snippetsFor({ ...local, key }), 'claude-code').code?.text).toContain(`Bearer ${key}"`);
  });

  it('give Cursor a link that decodes to the entry, with a variable where the key goes', () => {
    const decoded = (target: Target) => {
      const link = new URL(of(snippetsFor(target), 'cursor').links![0]!.href);
      expect([link.protocol, link.host, link.pathname]).toEqual([
        'cursor:',
        'anysphere.cursor-deeplink',
        '/mcp/install',
      ]);
      expect(link.searchParams.get('name')).toBe('orders');
      return JSON.parse(atob(link.searchParams.get('config')!));
    };
    expect(decoded(open)).toEqual({ url: open.url });
    expect(decoded(local)).toEqual({
      url: local.url,
      headers: { Authorization: 'Bearer ${env:ORDERS_API_KEY}' },
    });
  });

  it('give VS Code links that decode to the entry, and make it ask for the key', () => {
    const links = of(snippetsFor(local), 'vscode').links!;
    expect(links.map(({ href }) => href.split('?')[0])).toEqual([
      'vscode:mcp/install',
      'vscode-insiders:mcp/install',
    ]);
    for (const { href } of links) {
      const { inputs, ...entry } = JSON.parse(decodeURIComponent(href.split('?')[1]!));
      expect(entry).toEqual({
        name: 'orders',
        type: 'http',
        url: local.url,
        headers: { Authorization: 'Bearer ${input:patchbay_key}' },
      });
      expect(inputs).toHaveLength(1);
    }
    const [open_] = of(snippetsFor(open), 'vscode').links!;
    expect(JSON.parse(decodeURIComponent(open_!.href.split('?')[1]!))).toEqual({
      name: 'orders',
      type: 'http',
      url: open.url,
    });
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

  it('give every client its own file or command', () => {
    const snippets = snippetsFor({ name: 'my-orders', url: open.url, access: 'key' });
    const text = (id: string) => of(snippets, id).code!.text;
    expect(text('codex')).toContain(
      `[mcp_servers.my-orders]\nurl = "${open.url}"\nbearer_token_env_var = "MY_ORDERS_API_KEY"`,
    );
    expect(text('gemini-cli')).toBe(
      `gemini mcp add --transport http my-orders ${open.url} --header "Authorization: Bearer YOUR_API_KEY"`,
    );
    const header = { Authorization: 'Bearer YOUR_API_KEY' };
    expect(JSON.parse(text('windsurf')).mcpServers['my-orders']).toEqual({
      serverUrl: open.url,
      headers: header,
    });
    expect(JSON.parse(text('opencode')).mcp['my-orders']).toEqual({
      type: 'remote',
      url: open.url,
      headers: header,
    });
    expect(JSON.parse(text('generic')).mcpServers['my-orders']).toEqual({
      type: 'http',
      url: open.url,
      headers: header,
    });
    const desktop = JSON.parse(text('claude-desktop')).mcpServers['my-orders'];
    expect(desktop.args).toEqual([
      '-y',
      'mcp-remote',
      open.url,
      '--header',
      'Authorization:${PATCHBAY_AUTH}',
    ]);
    const plain = snippetsFor({ name: 'orders', url: 'http://10.0.0.7:3000/mcp/orders', access: 'public' });
    expect(JSON.parse(of(plain, 'claude-desktop').code!.text).mcpServers.orders.args).toContain(
      '--allow-http',
    );
    expect(text('chatgpt')).toBe(open.url);
    expect(of(snippets, 'chatgpt').warning).toMatch(/cannot send an API key/);
    expect(new Set(snippets.map(({ id }) => id)).size).toBe(snippets.length);
  });

  it('leave the key out of every snippet of a public project', () => {
    expect(JSON.stringify(snippetsFor(open))).not.toMatch(/API_KEY|patchbay_key|Authorization/);
  });
});
