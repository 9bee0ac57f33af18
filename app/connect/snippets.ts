/** What one client needs in order to connect. */
export interface Snippet {
  id: string;
  /** `Claude Code` */
  client: string;
  /** How to do it, in one or two sentences. */
  steps: string;
  /** The text to copy, when there is one. */
  code?: { language: 'shell' | 'json'; text: string };
  /** A link that installs at a click. Never holds a secret. */
  link?: { label: string; href: string };
  /** Something that will not work as the project stands. */
  warning?: string;
}

export interface Target {
  /** Short server name in the client: tool names are prefixed with it. */
  name: string;
  url: string;
  access: 'key' | 'public';
}

/** Stands where the caller's key goes; a real one is never written into a page or a link. */
const KEY = 'YOUR_API_KEY';

/**
 * Ready snippets, one a client. Formats: the vendors' documentation of November 2026.
 * Cursor ignores configured headers once a server answers OAuth discovery; projects with a key answer none.
 */
export function snippetsFor({ name, url, access }: Target): Snippet[] {
  const withKey = access === 'key';
  const isLocal = /^http:\/\/(localhost|127\.|\[::1\])/.test(url);
  const header = withKey ? { Authorization: `Bearer ${KEY}` } : undefined;
  const remote = { url, ...(header && { headers: header }) };
  const typed = { type: 'http', ...remote };
  const vscode = withKey
    ? {
        servers: {
          [name]: { type: 'http', url, headers: { Authorization: 'Bearer ${input:patchbay_key}' } },
        },
        inputs: [
          { id: 'patchbay_key', type: 'promptString', description: `API key for ${name}`, password: true },
        ],
      }
    : { servers: { [name]: { type: 'http', url } } };
  const shellHeader = withKey ? ` --header "Authorization: Bearer ${KEY}"` : '';

  return [
    {
      id: 'claude-code',
      client: 'Claude Code',
      steps: 'Run this once in a terminal, then start Claude Code and ask for the tool.',
      code: { language: 'shell', text: `claude mcp add --transport http ${name} ${url}${shellHeader}` },
    },
    {
      id: 'claude-desktop',
      client: 'Claude Desktop',
      steps:
        'Open Settings → Developer → Edit config, add this entry, and start Claude Desktop again. It needs Node.js, because the entry runs mcp-remote.',
      code: {
        language: 'json',
        text: pretty({
          mcpServers: {
            [name]: {
              command: 'npx',
              args: [
                '-y',
                'mcp-remote',
                url,
                ...(isLocal ? ['--allow-http'] : []),
                ...(withKey ? ['--header', 'Authorization:${PATCHBAY_AUTH}'] : []),
              ],
              ...(withKey && { env: { PATCHBAY_AUTH: `Bearer ${KEY}` } }),
            },
          },
        }),
      },
    },
    {
      id: 'claude-web',
      client: 'Claude (web)',
      steps: 'Open Customize → Connectors → Add custom connector, and paste the address.',
      code: { language: 'shell', text: url },
      ...(claudeWebWarning(withKey, isLocal) && { warning: claudeWebWarning(withKey, isLocal) }),
    },
    {
      id: 'cursor',
      client: 'Cursor',
      steps: withKey
        ? 'Add this to ~/.cursor/mcp.json (or .cursor/mcp.json in a project) with your key.'
        : 'Press the button, or add this to ~/.cursor/mcp.json.',
      code: { language: 'json', text: pretty({ mcpServers: { [name]: remote } }) },
      ...(!withKey && {
        link: {
          label: 'Add to Cursor',
          href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${encodeURIComponent(btoa(JSON.stringify(remote)))}`,
        },
      }),
    },
    {
      id: 'vscode',
      client: 'VS Code',
      steps: withKey
        ? 'Add this to .vscode/mcp.json; VS Code asks for the key and keeps it.'
        : 'Press the button, or add this to .vscode/mcp.json.',
      code: { language: 'json', text: pretty(vscode) },
      link: {
        label: 'Add to VS Code',
        href: `vscode:mcp/install?${encodeURIComponent(
          JSON.stringify({
            name,
            ...(withKey ? vscode.servers[name] : typed),
            ...('inputs' in vscode && { inputs: vscode.inputs }),
          }),
        )}`,
      },
    },
    {
      id: 'curl',
      client: 'curl',
      steps: 'List the tools from a terminal. Any program that speaks HTTP can call them the same way.',
      code: {
        language: 'shell',
        text: [
          `curl ${url} \\`,
          ...(withKey ? [`  -H 'Authorization: Bearer ${KEY}' \\`] : []),
          `  -H 'Content-Type: application/json' \\`,
          `  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
        ].join('\n'),
      },
    },
  ];
}

/** Claude on the web connects from its maker's servers and sends no fixed header (its connector documentation, November 2026). */
function claudeWebWarning(withKey: boolean, isLocal: boolean): string | undefined {
  if (isLocal) {
    return 'Claude on the web connects from the internet: it cannot reach an address on this machine. Put Patchbay on a public https address and set PUBLIC_URL.';
  }
  if (withKey) {
    return 'Claude on the web cannot send an API key. Until Patchbay offers OAuth, it can use public projects only.';
  }
  return undefined;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
