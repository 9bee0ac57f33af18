import { ShellError, shellWords } from './shell-words.ts';

/** What a cURL command sends. */
export interface CurlRequest {
  method: string;
  url: URL;
  /** In their order, names as written. */
  headers: [name: string, value: string][];
  body:
    | { type: 'none' }
    | { type: 'text'; text: string; contentType: string }
    | { type: 'multipart'; fields: [name: string, value: string][] };
  /** `-u` or in the address. */
  user: { name: string; password: string } | null;
  bearer: string | null;
  timeoutMs: number | null;
  /** What could not be taken over, in words. */
  problems: string[];
}

/** Options with a value, by their long names; those that mean nothing here are read over. */
const WITH_VALUE: Record<string, string> = {
  X: 'request',
  H: 'header',
  d: 'data',
  F: 'form',
  u: 'user',
  b: 'cookie',
  A: 'user-agent',
  e: 'referer',
  m: 'max-time',
  T: 'upload-file',
  K: 'config',
  x: 'proxy',
  E: 'cert',
  o: 'output',
  w: 'write-out',
  c: 'cookie-jar',
  D: 'dump-header',
  r: 'range',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
  C: 'continue-at',
  P: 'ftp-port',
  Q: 'quote',
  t: 'telnet-option',
  U: 'proxy-user',
};
const LONG_WITH_VALUE = new Set([
  ...Object.values(WITH_VALUE),
  'data-raw',
  'data-ascii',
  'data-binary',
  'data-urlencode',
  'json',
  'form-string',
  'url',
  'url-query',
  'oauth2-bearer',
  'connect-timeout',
  'retry',
  'retry-delay',
  'retry-max-time',
  'max-redirs',
  'max-filesize',
  'cacert',
  'capath',
  'cert-type',
  'key',
  'key-type',
  'pass',
  'resolve',
  'connect-to',
  'interface',
  'ciphers',
  'limit-rate',
  'noproxy',
  'aws-sigv4',
  'keepalive-time',
  'dns-servers',
  'unix-socket',
  'trace',
  'trace-ascii',
  'stderr',
  'tls-max',
  'happy-eyeballs-timeout-ms',
]);

/** Reads a cURL command. Throws ShellError when it cannot be told what it would send. */
export function curlRequest(text: string): CurlRequest {
  const { words, problems } = shellWords(text);
  const start = words.findIndex((word) => /(^|[/\\])curl(\.exe)?$/i.test(word));
  if (start < 0) throw new ShellError('This is not a cURL command: it begins with "curl".');
  const reader = new Reader(problems);
  reader.read(words.slice(start + 1));
  return reader.request();
}

class Reader {
  readonly problems: string[];
  private readonly urls: string[] = [];
  private readonly headers: [string, string][] = [];
  private readonly data: string[] = [];
  private readonly fields: [string, string][] = [];
  private readonly query: string[] = [];
  private method: string | null = null;
  private isJson = false;
  private get = false;
  private head = false;
  private user: string | null = null;
  private bearer: string | null = null;
  private timeoutMs: number | null = null;

  constructor(problems: string[]) {
    this.problems = problems;
  }

  read(words: readonly string[]): void {
    const left = [...words];
    for (let word = left.shift(); word !== undefined; word = left.shift()) {
      if (word === '--') this.urls.push(...left.splice(0));
      else if (word.startsWith('--')) {
        const [name, ...inline] = word.slice(2).split('=');
        if (!LONG_WITH_VALUE.has(name!)) this.flag(name!);
        else this.option(name!, inline.length > 0 ? inline.join('=') : nextOf(left, word));
      } else if (word.startsWith('-') && word.length > 1) {
        for (let at = 1; at < word.length; at += 1) {
          const letter = word[at]!;
          const name = WITH_VALUE[letter];
          if (name === undefined) this.flag(letter);
          else {
            this.option(name, at + 1 < word.length ? word.slice(at + 1) : nextOf(left, `-${letter}`));
            break;
          }
        }
      } else this.urls.push(word);
    }
  }

  private option(name: string, value: string): void {
    switch (name) {
      case 'request':
        this.method = value.toUpperCase();
        return;
      case 'header':
        this.header(value);
        return;
      case 'data':
      case 'data-ascii':
      case 'data-binary':
        refuseFile(value, name);
        // Line ends that curl reads from files only; a value on the command line is sent as it is.
        this.data.push(value);
        return;
      case 'data-raw':
        this.data.push(value);
        return;
      case 'data-urlencode':
        this.data.push(urlEncoded(value));
        return;
      case 'json':
        refuseFile(value, name);
        this.isJson = true;
        this.data.push(value);
        return;
      case 'form':
      case 'form-string': {
        const at = value.indexOf('=');
        if (at < 0) throw new ShellError(`--${name} ${value}: a field of a form is written name=value.`);
        const content = value.slice(at + 1);
        if (name === 'form' && /^[@<]/.test(content)) refuseFile(`@${content.slice(1)}`, name);
        this.fields.push([
          value.slice(0, at),
          name === 'form' ? content.replace(/;type=[^;]*$/, '') : content,
        ]);
        return;
      }
      case 'user':
        this.user = value;
        return;
      case 'oauth2-bearer':
        this.bearer = value;
        return;
      case 'cookie':
        if (!value.includes('=')) refuseFile(`@${value}`, name);
        this.headers.push(['Cookie', value]);
        return;
      case 'user-agent':
        this.headers.push(['User-Agent', value]);
        return;
      case 'referer':
        this.headers.push(['Referer', value]);
        return;
      case 'range':
        this.headers.push(['Range', `bytes=${value}`]);
        return;
      case 'max-time':
        this.timeoutMs = Math.round(Number(value) * 1000) || null;
        return;
      case 'url':
        this.urls.push(value);
        return;
      case 'url-query':
        this.query.push(urlEncoded(value));
        return;
      case 'upload-file':
      case 'config':
        refuseFile(`@${value}`, name);
        return;
      case 'cert':
      case 'key':
      case 'aws-sigv4':
        throw new ShellError(
          `--${name} cannot be taken over: calls are not signed, and no certificate is shown to the other side.`,
        );
      case 'proxy':
      case 'resolve':
      case 'connect-to':
      case 'unix-socket':
      case 'cacert':
        this.problems.push(`--${name} is left out: the server decides how it reaches others.`);
        return;
      default:
    }
  }

  private flag(name: string): void {
    if (name === 'G' || name === 'get') this.get = true;
    else if (name === 'I' || name === 'head') this.head = true;
    else if (name === 'k' || name === 'insecure')
      this.problems.push('-k is left out: certificates are always checked.');
    else if (name === 'digest' || name === 'ntlm' || name === 'negotiate')
      throw new ShellError(`--${name} cannot be taken over: only basic and bearer credentials are sent.`);
  }

  private header(value: string): void {
    if (value.startsWith('@')) refuseFile(value, 'header');
    const at = value.indexOf(':');
    const name = (at < 0 ? value.replace(/;$/, '') : value.slice(0, at)).trim();
    // `Name:` removes a header that curl would send by itself; `Name;` sends an empty one.
    if (at >= 0 && value.slice(at + 1).trim() === '') return;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || (at < 0 && !value.endsWith(';')))
      throw new ShellError(`-H ${JSON.stringify(value.slice(0, 100))}: a header is written "Name: value".`);
    this.headers.push([name, at < 0 ? '' : value.slice(at + 1).trim()]);
  }

  request(): CurlRequest {
    const [first, ...more] = this.urls;
    if (first === undefined) throw new ShellError('There is no address in the command.');
    if (more.length > 0) this.problems.push('There are several addresses: the first is taken.');
    const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(first) ? first : `http://${first}`);
    if (!url || !/^https?:$/.test(url.protocol))
      throw new ShellError(`"${first.slice(0, 200)}" is no address that begins with https:// or http://.`);
    const added = [...this.query, ...(this.get ? this.data : [])].filter(Boolean);
    if (added.length > 0) url.search = [url.search.slice(1), ...added].filter(Boolean).join('&');
    const user =
      this.user ??
      (url.username ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` : null);
    url.username = '';
    url.password = '';
    url.hash = '';
    const body = this.body();
    const proposed = this.head ? 'HEAD' : body.type === 'none' ? 'GET' : 'POST';
    const at = user?.indexOf(':') ?? -1;
    return {
      method: this.method ?? proposed,
      url,
      headers: this.headers,
      body,
      user:
        user === null
          ? null
          : { name: at < 0 ? user : user.slice(0, at), password: at < 0 ? '' : user.slice(at + 1) },
      bearer: this.bearer,
      timeoutMs: this.timeoutMs,
      problems: this.problems,
    };
  }

  private body(): CurlRequest['body'] {
    if (this.fields.length > 0) return { type: 'multipart', fields: this.fields };
    if (this.get || this.data.length === 0) return { type: 'none' };
    const given = this.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
    const contentType = given ?? (this.isJson ? 'application/json' : 'application/x-www-form-urlencoded');
    return { type: 'text', text: this.data.join(this.isJson ? '' : '&'), contentType };
  }
}

function nextOf(left: string[], option: string): string {
  const value = left.shift();
  if (value === undefined) throw new ShellError(`${option} needs a value, and the command ends there.`);
  return value;
}

function refuseFile(value: string, option: string): void {
  if (!value.startsWith('@')) return;
  throw new ShellError(
    `--${option} reads the file "${value.slice(1, 200)}", which is not here: put its content into the command.`,
  );
}

/** `name=content`, `=content` or `content`. */
function urlEncoded(value: string): string {
  const at = value.search(/[=@]/);
  if (at >= 0 && value[at] === '@') refuseFile(value.slice(at), 'data-urlencode');
  if (at < 0) return encodeURIComponent(value);
  const name = value.slice(0, at);
  const content = encodeURIComponent(value.slice(at + 1));
  return name === '' ? content : `${name}=${content}`;
}
