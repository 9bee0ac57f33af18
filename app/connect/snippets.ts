/** What one client needs in order to connect. */
export interface Snippet {
  id: string;
  /** `Claude Code` */
  client: string;
  /** How to do it, in one or two sentences. */
  steps: string;
  /** The text to copy, when there is one. */
  code?: { language: 'shell' | 'json' | 'toml' | 'text'; text: string };
  /** A link that installs at a click. Never holds a secret. */
  links?: readonly { label: string; href: string }[];
  /** Something that will not work as the project stands. */
  warning?: string;
  /** It needs no key here: it has the person sign in. */
  signsIn?: true;
}

export interface Target {
  /** Short server name in the client: tool names are prefixed with it. */
  name: string;
  url: string;
  access: 'oauth' | 'key' | 'public';
  /** One that was just made, for the texts; never for a link, which is passed on. */
  key?: string;
}

/** Stands where the caller's key goes. */
const KEY = 'YOUR_API_KEY';
/** Stands where Patchbay's folder on the client's machine goes. */
const FOLDER = '/path/to/patchbay';

/** A client's own way. */
type Make = (target: Target) => Snippet;

/** How to sign in with a client that can, behind its other steps; '' where it asks by itself. */
const SIGN_IN: ReadonlyMap<Make, (target: Target) => string> = new Map<Make, (target: Target) => string>([
  [claudeCode, ({ name }) => `In Claude Code, type /mcp, choose ${name} and Authenticate.`],
  [claudeCodeJson, ({ name }) => `In Claude Code, type /mcp, choose ${name} and Authenticate.`],
  [claudeDesktop, () => 'mcp-remote opens the page to sign in.'],
  [claudeWeb, () => 'It opens the page to sign in.'],
  [cursor, () => 'Then press Connect beside it in Cursor’s settings, under MCP.'],
  [vsCode, () => 'VS Code asks to sign in when it starts the server.'],
  [chatGpt, () => 'It opens the page to sign in.'],
  [codex, ({ name }) => `Then run: codex mcp login ${name}`],
  [geminiCli, ({ name }) => `In Gemini CLI, type /mcp auth ${name}.`],
  [windsurf, () => 'It opens the page to sign in.'],
  [opencode, ({ name }) => `Then run: opencode mcp auth ${name}`],
]);

/**
 * Ready snippets, one a client. Formats: the vendors' documentation of November 2026. Where people sign in, clients that
 * can do that get the address alone; Cursor ignores configured headers once a server answers OAuth discovery.
 */
export function snippetsFor(target: Target): Snippet[] {
  const all: Make[] = [
    claudeCode,
    claudeCodeJson,
    claudeDesktop,
    commandLine,
    claudeWeb,
    cursor,
    vsCode,
    chatGpt,
    codex,
    geminiCli,
    windsurf,
    opencode,
    anyClient,
    curl,
  ];
  return all.map((make) => {
    const signIn = target.access === 'oauth' ? SIGN_IN.get(make) : undefined;
    if (!signIn) return make(target);
    const { key: _, ...rest } = target;
    // Like a public one: the address, and nothing to prove who asks.
    const snippet = make({ ...rest, access: 'public' });
    return { ...snippet, steps: `${snippet.steps} ${signIn(target)}`, signsIn: true };
  });
}

function claudeCode({ name, url, access, key }: Target): Snippet {
  return {
    id: 'claude-code',
    client: 'Claude Code',
    steps: 'Run this once in a terminal, then start Claude Code and ask for the tool.',
    code: {
      language: 'shell',
      text: `claude mcp add --transport http ${name} ${url}${shellHeader(access, key)}`,
    },
  };
}

function claudeCodeJson({ name, url, access, key }: Target): Snippet {
  const entry = { type: 'http', url, ...headersOf(access, key) };
  return {
    id: 'claude-code-json',
    client: 'Claude Code, as JSON',
    steps:
      'Run this once in a terminal. The same JSON is an entry of mcpServers in the file .mcp.json of a repository, for all who work on it; there write the key as ${A_VARIABLE} of the environment.',
    code: { language: 'shell', text: `claude mcp add-json ${name} '${JSON.stringify(entry)}'` },
  };
}

function claudeDesktop({ name, url, access, key = KEY }: Target): Snippet {
  const withKey = access !== 'public';
  const args = [
    '-y',
    'mcp-remote',
    url,
    // It takes plain http by itself only on this machine.
    ...(url.startsWith('http:') ? ['--allow-http'] : []),
    // Without a space after the colon: on Windows the argument would be torn apart.
    ...(withKey ? ['--header', 'Authorization:${PATCHBAY_AUTH}'] : []),
  ];
  const env = withKey ? { env: { PATCHBAY_AUTH: `Bearer ${key}` } } : {};
  return {
    id: 'claude-desktop',
    client: 'Claude Desktop',
    steps:
      'Open Settings → Developer → Edit config, add this entry, and start Claude Desktop again. It needs Node.js, because the entry runs mcp-remote. Any other client that starts programs only takes the same entry.',
    code: { language: 'json', text: pretty({ mcpServers: { [name]: { command: 'npx', args, ...env } } }) },
  };
}

function commandLine({ name, url, access, key = KEY }: Target): Snippet {
  const { origin, pathname } = new URL(url);
  const project = pathname.slice('/mcp/'.length);
  const command = ['stdio', '--project', project, '--url', origin];
  // Without --silent npm writes lines of its own where messages are read.
  const args = ['--silent', '--prefix', FOLDER, 'run', 'patchbay', '--', ...command];
  const env = access !== 'public' ? { env: { PATCHBAY_KEY: key } } : {};
  return {
    id: 'stdio',
    client: 'Claude Desktop, with Patchbay’s own command',
    steps: `For a machine that Patchbay is installed on: nothing else is needed there. Put the folder it is in where ${FOLDER} stands. Any other client that starts programs takes the same entry.`,
    code: { language: 'json', text: pretty({ mcpServers: { [name]: { command: 'npm', args, ...env } } }) },
  };
}

function claudeWeb({ url, access }: Target): Snippet {
  return {
    id: 'claude-web',
    client: 'Claude (web)',
    steps: 'Open Customize → Connectors → Add custom connector, and paste the address.',
    code: { language: 'text', text: url },
    ...warningOf(hostedWarning('Claude on the web', url, access)),
  };
}

function cursor({ name, url, access, key }: Target): Snippet {
  // Cursor puts in the value of an environment variable, so that the link can be passed on.
  const linked = { url, ...headersOf(access, `\${env:${keyVariable(name)}}`) };
  return {
    id: 'cursor',
    client: 'Cursor',
    steps:
      access !== 'public'
        ? `Add this to ~/.cursor/mcp.json (or .cursor/mcp.json in a project) with your key. Or press the button, and start Cursor with the key in the environment variable ${keyVariable(name)}.`
        : 'Press the button, or add this to ~/.cursor/mcp.json.',
    code: { language: 'json', text: pretty({ mcpServers: { [name]: { url, ...headersOf(access, key) } } }) },
    links: [
      {
        label: 'Add to Cursor',
        href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${encodeURIComponent(btoa(JSON.stringify(linked)))}`,
      },
    ],
  };
}

function vsCode({ name, url, access }: Target): Snippet {
  const entry = { type: 'http', url, ...headersOf(access, '${input:patchbay_key}') };
  const inputs =
    access !== 'public'
      ? {
          inputs: [
            { id: 'patchbay_key', type: 'promptString', description: `API key for ${name}`, password: true },
          ],
        }
      : {};
  const config = encodeURIComponent(JSON.stringify({ name, ...entry, ...inputs }));
  return {
    id: 'vscode',
    client: 'VS Code',
    steps:
      access !== 'public'
        ? 'Press the button, or add this to .vscode/mcp.json; VS Code asks for the key and keeps it.'
        : 'Press the button, or add this to .vscode/mcp.json.',
    code: { language: 'json', text: pretty({ servers: { [name]: entry }, ...inputs }) },
    links: [
      { label: 'Add to VS Code', href: `vscode:mcp/install?${config}` },
      { label: 'VS Code Insiders', href: `vscode-insiders:mcp/install?${config}` },
    ],
  };
}

function chatGpt({ url, access }: Target): Snippet {
  return {
    id: 'chatgpt',
    client: 'ChatGPT',
    steps:
      'Turn on developer mode in Settings → Connectors → Advanced, choose Create, and paste the address as the MCP server URL. ChatGPT keeps the list of tools: refresh the connector after publishing.',
    code: { language: 'text', text: url },
    ...warningOf(hostedWarning('ChatGPT', url, access)),
  };
}

function codex({ name, url, access }: Target): Snippet {
  const key = access !== 'public' ? [`bearer_token_env_var = "${keyVariable(name)}"`] : [];
  return {
    id: 'codex',
    client: 'Codex',
    steps:
      access !== 'public'
        ? `Add this to ~/.codex/config.toml, and start Codex with the key in the environment variable ${keyVariable(name)}.`
        : 'Add this to ~/.codex/config.toml.',
    code: {
      language: 'toml',
      text: [
        `[mcp_servers.${name}]`,
        `url = "${url}"`,
        ...key,
        '# Seconds a tool may take; Codex gives up after 60 otherwise.',
        'tool_timeout_sec = 300',
      ].join('\n'),
    },
  };
}

function geminiCli({ name, url, access, key }: Target): Snippet {
  return {
    id: 'gemini-cli',
    client: 'Gemini CLI',
    steps: 'Run this once in a terminal, in a folder that Gemini CLI trusts.',
    code: {
      language: 'shell',
      text: `gemini mcp add --transport http ${name} ${url}${shellHeader(access, key)}`,
    },
  };
}

function windsurf({ name, url, access, key }: Target): Snippet {
  return {
    id: 'windsurf',
    client: 'Windsurf',
    steps: 'Add this to ~/.codeium/windsurf/mcp_config.json, and refresh the list of servers.',
    code: {
      language: 'json',
      text: pretty({ mcpServers: { [name]: { serverUrl: url, ...headersOf(access, key) } } }),
    },
  };
}

function opencode({ name, url, access, key }: Target): Snippet {
  return {
    id: 'opencode',
    client: 'opencode',
    steps: 'Add this to opencode.json.',
    code: {
      language: 'json',
      text: pretty({ mcp: { [name]: { type: 'remote', url, ...headersOf(access, key) } } }),
    },
  };
}

function anyClient({ name, url, access, key }: Target): Snippet {
  return {
    id: 'generic',
    client: 'Any other client',
    steps:
      'Most clients read an entry like this one from their settings. What they ask for: the address, the transport Streamable HTTP, and the header with the key.',
    code: {
      language: 'json',
      text: pretty({ mcpServers: { [name]: { type: 'http', url, ...headersOf(access, key) } } }),
    },
  };
}

function curl({ url, access, key = KEY }: Target): Snippet {
  return {
    id: 'curl',
    client: 'curl',
    steps: 'List the tools from a terminal. Any program that speaks HTTP can call them the same way.',
    code: {
      language: 'shell',
      text: [
        `curl ${url} \\`,
        ...(access !== 'public' ? [`  -H 'Authorization: Bearer ${key}' \\`] : []),
        `  -H 'Content-Type: application/json' \\`,
        `  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
      ].join('\n'),
    },
  };
}

/** The header with the key, or what stands for it; nothing for a public project. */
function headersOf(access: Target['access'], key = KEY): { headers?: { Authorization: string } } {
  return access !== 'public' ? { headers: { Authorization: `Bearer ${key}` } } : {};
}

function shellHeader(access: Target['access'], key = KEY): string {
  return access !== 'public' ? ` --header "Authorization: Bearer ${key}"` : '';
}

/** `ORDERS_API_KEY` */
function keyVariable(name: string): string {
  return `${name.replace(/[^a-z0-9]+/gi, '_').toUpperCase()}_API_KEY`;
}

function isLocal(url: string): boolean {
  return /^http:\/\/(localhost|127\.|\[::1\])/.test(url);
}

function warningOf(warning: string | undefined): { warning?: string } {
  return warning === undefined ? {} : { warning };
}

/** Clients that run at their makers reach public addresses only, and send no fixed header (their documentation, November 2026). */
function hostedWarning(client: string, url: string, access: Target['access']): string | undefined {
  if (isLocal(url)) {
    return `${client} connects from the internet: it cannot reach an address on this machine. Put Patchbay on a public https address and set PUBLIC_URL.`;
  }
  if (access !== 'public') {
    return `${client} cannot send an API key. Choose sign-in as the access of this address, so that people can sign in with it.`;
  }
  return undefined;
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
