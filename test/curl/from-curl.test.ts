import { describe, expect, it } from 'vitest';
import { fromCurl, looksLikeCurl, withConnection } from '#lib/curl/from-curl.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { lint } from '#lib/workflow/lint.ts';

const UUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

interface Expected {
  /** Of the HTTP step. */
  request?: JsonObject;
  sample?: JsonObject;
  /** Types of the arguments. */
  types?: Record<string, JsonValue>;
  required?: string[];
  connection?: JsonObject | null;
  problems?: string[];
}

/** What each command becomes. `request` is compared whole. */
const COMMANDS: [name: string, command: string, expected: Expected][] = [
  [
    'a plain address',
    'curl https://api.example.com/items',
    {
      request: { method: 'GET', url: 'https://api.example.com/items' },
      sample: {},
      connection: null,
      problems: [],
    },
  ],
  [
    'a prompt before it',
    '$ curl https://api.example.com/items',
    { request: { method: 'GET', url: 'https://api.example.com/items' } },
  ],
  [
    'an address without a scheme',
    'curl localhost:8080/health',
    { request: { method: 'GET', url: 'http://localhost:8080/health' } },
  ],
  [
    'a number in the path',
    'curl https://api.example.com/orders/1042',
    {
      request: {
        method: 'GET',
        url: 'https://api.example.com/orders/{{ urlEncode(String(input.order_id)) }}',
      },
      sample: { order_id: 1042 },
      types: { order_id: 'integer' },
      required: ['order_id'],
    },
  ],
  [
    'a UUID in the path',
    `curl https://api.example.com/v1/users/${UUID}/posts`,
    {
      request: {
        method: 'GET',
        url: 'https://api.example.com/v1/users/{{ urlEncode(input.user_id) }}/posts',
      },
      sample: { user_id: UUID },
      types: { user_id: 'string' },
    },
  ],
  [
    'an id of letters and figures',
    'curl https://api.stripe.com/v1/customers/cus_9s6XKzkNRiz8i3',
    { sample: { customer_id: 'cus_9s6XKzkNRiz8i3' } },
  ],
  ['two ids of one name', 'curl https://a.example/items/1/items/2', { sample: { item_id: 1, item_id_2: 2 } }],
  [
    'versions, which are no ids',
    'curl https://a.example/v2/api/3/oauth2/2024-01/items',
    { request: { method: 'GET', url: 'https://a.example/v2/api/3/oauth2/2024-01/items' } },
  ],
  [
    'a placeholder',
    'curl "https://a.example/users/{user_name}/repos/:repo"',
    {
      request: {
        method: 'GET',
        url: 'https://a.example/users/{{ urlEncode(input.user_name) }}/repos/{{ urlEncode(input.repo) }}',
      },
      sample: {},
      required: ['user_name', 'repo'],
    },
  ],
  [
    'values of the query',
    "curl 'https://a.example/search?q=red+shoes&limit=10&exact=true&zip=01067'",
    {
      request: {
        method: 'GET',
        url: 'https://a.example/search',
        query: {
          q: '{{ input.q }}',
          limit: '{{ input.limit }}',
          exact: '{{ input.exact }}',
          zip: '{{ input.zip }}',
        },
      },
      sample: { q: 'red shoes', limit: 10, exact: true, zip: '01067' },
      types: { q: 'string', limit: 'integer', exact: 'boolean', zip: 'string' },
    },
  ],
  [
    'a repeated value of the query',
    "curl 'https://a.example/s?tag=a&tag=b&page[size]=5'",
    {
      request: {
        method: 'GET',
        url: 'https://a.example/s',
        query: { tag: '{{ input.tag }}', 'page[size]': '{{ input.page_size }}' },
      },
      sample: { tag: ['a', 'b'], page_size: 5 },
    },
  ],
  [
    'a form',
    'curl -d name=Rex -d "age=3" https://a.example/pets',
    {
      request: {
        method: 'POST',
        url: 'https://a.example/pets',
        body: { type: 'form', fields: { name: '{{ input.name }}', age: '{{ input.age }}' } },
      },
      sample: { name: 'Rex', age: 3 },
    },
  ],
  [
    'a form, each part encoded',
    "curl --data-urlencode 'q=a&b c' https://a.example/s",
    { sample: { q: 'a&b c' } },
  ],
  [
    'data for the query',
    'curl -G https://a.example/s -d q=a --data-urlencode "r=b c"',
    {
      request: {
        method: 'GET',
        url: 'https://a.example/s',
        query: { q: '{{ input.q }}', r: '{{ input.r }}' },
      },
      sample: { q: 'a', r: 'b c' },
    },
  ],
  [
    'JSON by its type',
    `curl -X POST https://a.example/pets -H 'Content-Type: application/json' -d '{"name":"Rex","tags":["a"],"owner":{"id":7},"note":null}'`,
    {
      request: {
        method: 'POST',
        url: 'https://a.example/pets',
        body: {
          type: 'json',
          value: {
            name: '{{ input.name }}',
            tags: '{{ input.tags }}',
            owner: '{{ input.owner }}',
            note: '{{ input.note }}',
          },
        },
      },
      sample: { name: 'Rex', tags: ['a'], owner: { id: 7 }, note: null },
      required: ['name', 'tags', 'owner'],
    },
  ],
  [
    'JSON by --json',
    `curl --json '{"a":1.5}' https://a.example/x`,
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        body: { type: 'json', value: { a: '{{ input.a }}' } },
      },
      types: { a: 'number' },
    },
  ],
  ['--json in pieces', `curl --json '{"a":' --json '1}' https://a.example/x`, { sample: { a: 1 } }],
  [
    'JSON that is sent as a form by mistake',
    `curl -d '{"a":1}' https://a.example/x`,
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        body: { type: 'json', value: { a: '{{ input.a }}' } },
      },
    },
  ],
  [
    'a list as JSON',
    `curl --json '[1,2]' https://a.example/x`,
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        body: { type: 'json', value: '{{ input.body }}' },
      },
      sample: { body: [1, 2] },
    },
  ],
  [
    'another type of JSON',
    `curl -X PATCH -H 'content-type: application/merge-patch+json' --data-raw '{"a":1}' https://a.example/x`,
    {
      request: {
        method: 'PATCH',
        url: 'https://a.example/x',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: { type: 'json', value: { a: '{{ input.a }}' } },
      },
    },
  ],
  [
    'a text',
    "curl -H 'Content-Type: text/plain' --data-binary 'a\nb' https://a.example/x",
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        headers: { 'Content-Type': 'text/plain' },
        body: { type: 'raw', contentType: 'text/plain', text: '{{ input.body }}' },
      },
      sample: { body: 'a\nb' },
    },
  ],
  [
    'a form with parts',
    'curl -F name=Rex -F "kind=dog;type=text/plain" https://a.example/x',
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        body: { type: 'multipart', fields: { name: '{{ input.name }}', kind: '{{ input.kind }}' } },
      },
      sample: { name: 'Rex', kind: 'dog' },
    },
  ],
  [
    'GraphQL, whose query stays',
    `curl https://a.example/graphql --json '{"query":"query Q { a }","variables":{"n":1}}'`,
    {
      request: {
        method: 'POST',
        url: 'https://a.example/graphql',
        body: { type: 'json', value: { query: 'query Q { a }', variables: '{{ input.variables }}' } },
      },
      sample: { variables: { n: 1 } },
    },
  ],
  [
    'braces that would be an expression',
    `curl -H 'X-Template: {{ env.SECRET }}' https://a.example/x`,
    {
      request: {
        method: 'GET',
        url: 'https://a.example/x',
        headers: { 'X-Template': '{{ "{{" }} env.SECRET }}' },
      },
    },
  ],
  [
    'a method',
    'curl -XDELETE https://a.example/pets/7',
    { request: { method: 'DELETE', url: 'https://a.example/pets/{{ urlEncode(String(input.pet_id)) }}' } },
  ],
  [
    'only the head',
    'curl -sSI https://a.example/x',
    { request: { method: 'HEAD', url: 'https://a.example/x' } },
  ],
  [
    'flags that mean nothing here',
    'curl -sSLfv --compressed --http2 -o out.json --retry 3 https://a.example/x',
    { request: { method: 'GET', url: 'https://a.example/x' }, problems: [] },
  ],
  [
    'a time limit',
    'curl -m 2.5 https://a.example/x',
    { request: { method: 'GET', url: 'https://a.example/x', timeoutMs: 2500 } },
  ],
  [
    'certificates that are not checked',
    'curl -k https://a.example/x',
    { problems: ['-k is left out: certificates are always checked.'] },
  ],
  [
    'a proxy',
    'curl -x http://p.example:3128 https://a.example/x',
    { problems: ['--proxy is left out: the server decides how it reaches others.'] },
  ],
  [
    'headers',
    "curl -H 'Accept: application/vnd.github+json' -H 'X-Version:2022-11-28' -H 'Expect:' https://a.example/x",
    {
      request: {
        method: 'GET',
        url: 'https://a.example/x',
        headers: { Accept: 'application/vnd.github+json', 'X-Version': '2022-11-28' },
      },
    },
  ],
  [
    'a user agent and a referer',
    'curl -A me/1 -e https://b.example https://a.example/x',
    {
      request: {
        method: 'GET',
        url: 'https://a.example/x',
        headers: { 'User-Agent': 'me/1', Referer: 'https://b.example' },
      },
    },
  ],
  [
    'a bearer token',
    "curl -H 'Authorization: Bearer s3cr3t-token' https://a.example/x",
    {
      connection: {
        type: 'bearer',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { token: 's3cr3t-token' },
      },
    },
  ],
  [
    'a bearer token of a variable',
    'curl -H "Authorization: Bearer $TOKEN" https://a.example/x',
    { connection: { type: 'bearer', name: 'a.example', hosts: ['a.example'], secret: null } },
  ],
  [
    'a bearer token by option',
    'curl --oauth2-bearer s3cr3t-token http://a.example/x',
    {
      connection: {
        type: 'bearer',
        name: 'a.example',
        hosts: ['a.example:80'],
        secret: { token: 's3cr3t-token' },
      },
    },
  ],
  [
    'a user',
    'curl -u ada:s3cr3t:x https://a.example:8443/x',
    {
      connection: {
        type: 'basic',
        name: 'a.example',
        hosts: ['a.example:8443'],
        secret: { username: 'ada', password: 's3cr3t:x' },
      },
    },
  ],
  [
    'a user in the address',
    'curl https://ada:s3cr3t@a.example/x',
    {
      request: { method: 'GET', url: 'https://a.example/x' },
      connection: {
        type: 'basic',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { username: 'ada', password: 's3cr3t' },
      },
    },
  ],
  [
    'a basic header',
    `curl -H 'Authorization: Basic ${btoa('ada:s3cr3t')}' https://a.example/x`,
    {
      connection: {
        type: 'basic',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { username: 'ada', password: 's3cr3t' },
      },
    },
  ],
  [
    'a key in a header',
    "curl -H 'X-API-Key: s3cr3t' https://a.example/x",
    {
      connection: {
        type: 'header',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { header: 'X-API-Key', value: 's3cr3t' },
      },
    },
  ],
  [
    'a key in the query',
    "curl 'https://a.example/x?appid=s3cr3t&q=1'",
    {
      request: { method: 'GET', url: 'https://a.example/x', query: { q: '{{ input.q }}' } },
      connection: {
        type: 'query',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { parameter: 'appid', value: 's3cr3t' },
      },
    },
  ],
  [
    'a token of a page, which is no secret',
    "curl 'https://a.example/x?page_token=abc'",
    { sample: { page_token: 'abc' }, connection: null },
  ],
  [
    'cookies',
    "curl -b 'sid=s3cr3t; a=1' https://a.example/x",
    {
      connection: {
        type: 'header',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { header: 'Cookie', value: 'sid=s3cr3t; a=1' },
      },
    },
  ],
  [
    'cookies beside a token',
    "curl -b sid=s3cr3t -H 'Authorization: Bearer s3cr3t-token' https://a.example/x",
    {
      connection: {
        type: 'bearer',
        name: 'a.example',
        hosts: ['a.example'],
        secret: { token: 's3cr3t-token' },
      },
      problems: ['A second credential (the header Cookie) is left out: a step sends one connection.'],
    },
  ],
  [
    'lines that go on',
    "curl https://a.example/x \\\n  -X POST \\\r\n  -d 'a=1'",
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        body: { type: 'form', fields: { a: '{{ input.a }}' } },
      },
    },
  ],
  [
    "quotes of bash: $'…'",
    "curl https://a.example/x --data-raw $'{\"a\":\"it\\'s \\u00e9\\x21\"}' -H $'content-type: application/json'",
    { sample: { a: "it's é!" } },
  ],
  [
    'quotes of bash: "…" in pieces',
    `curl "https://a.example/"'x' -d "{\\"a\\":\\"\\$5\\"}"`,
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        body: { type: 'json', value: { a: '{{ input.a }}' } },
      },
      sample: { a: '$5' },
    },
  ],
  ["quotes of bash: 'it'\\''s'", "curl https://a.example/x -d 'a=it'\\''s'", { sample: { a: "it's" } }],
  [
    'a pipe after it',
    'curl -s https://a.example/x | jq .',
    {
      request: { method: 'GET', url: 'https://a.example/x' },
      problems: ['What follows "|" is left out: it is for the shell.'],
    },
  ],
  [
    'as browsers copy it for cmd',
    'curl ^"https://a.example/x?q=a^%^20b^" ^\r\n  -H ^"accept: application/json^" ^\r\n  -H ^"sec-fetch-mode: cors^" ^\r\n  -H ^"user-agent: Mozilla^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"',
    {
      request: {
        method: 'POST',
        url: 'https://a.example/x',
        query: { q: '{{ input.q }}' },
        headers: { accept: 'application/json' },
        body: { type: 'json', value: { a: '{{ input.a }}' } },
      },
      sample: { q: 'a b', a: 1 },
    },
  ],
  [
    'as it is written for cmd',
    'curl "https://a.example/x" ^\n -H "Content-Type: application/json" ^\n -d "{\\"a\\":\\"b c\\"}"',
    { sample: { a: 'b c' } },
  ],
  [
    'for PowerShell',
    'curl.exe "https://a.example/x" `\n  -H \'Content-Type: application/json\' `\n  -d \'{\\"a\\":1}\'',
    { sample: { a: 1 } },
  ],
  [
    'several addresses',
    'curl https://a.example/x https://a.example/y',
    {
      request: { method: 'GET', url: 'https://a.example/x' },
      problems: ['There are several addresses: the first is taken.'],
    },
  ],
  [
    'an address by option',
    'curl --url https://a.example/x --url-query a=1',
    { request: { method: 'GET', url: 'https://a.example/x', query: { a: '{{ input.a }}' } } },
  ],
];

/** What cannot be taken over, and what is said about it. */
const REFUSED: [command: string, words: string][] = [
  ['wget https://a.example', 'This is not a cURL command'],
  ['curl -s', 'There is no address'],
  ['curl ftp://a.example/x', 'no address that begins with https:// or http://'],
  ['curl https://a.example -d @body.json', 'reads the file "body.json", which is not here'],
  ['curl https://a.example -F file=@photo.png', 'reads the file "photo.png"'],
  ['curl https://a.example -T x.bin', 'reads the file "x.bin"'],
  ['curl https://a.example --data-urlencode q@q.txt', 'reads the file "q.txt"'],
  ['curl https://a.example -b cookies.txt', 'reads the file "cookies.txt"'],
  ['curl https://a.example -H "X: $(cat x)"', 'has another command in it'],
  ['curl https://a.example -H "X: `cat x`"', 'has another command in it'],
  ["curl 'https://a.example", "A quote (') is opened and never closed"],
  ['curl https://a.example -H', '-H needs a value'],
  ['curl https://a.example -H nonsense', 'a header is written "Name: value"'],
  ['curl -X TRACE https://a.example', 'The method TRACE cannot be sent'],
  ['curl --digest -u a:b https://a.example', 'only basic and bearer credentials are sent'],
  ['curl --cert c.pem https://a.example', 'no certificate is shown'],
];

describe('a cURL command', () => {
  it.each(COMMANDS)('with %s', (_name, command, expected) => {
    const made = fromCurl(command);
    const [start, request, end] = made.document!.nodes;
    const schema = start!.config['schema'] as { properties: Record<string, JsonObject>; required?: string[] };
    if (expected.request) expect(request!.config).toEqual(expected.request);
    if (expected.sample) expect(made.sample).toEqual(expected.sample);
    for (const [name, type] of Object.entries(expected.types ?? {}))
      expect(schema.properties[name]?.['type']).toBe(type);
    if (expected.required) expect(schema.required).toEqual(expected.required);
    if (expected.connection !== undefined) expect(made.connection).toEqual(expected.connection);
    if (expected.problems) expect(made.problems).toEqual(expected.problems);

    expect(end!.config).toEqual({ parts: [{ type: 'text', text: '{{ steps.request.body }}' }] });
    const { problems } = compile(made.document!, kinds);
    expect(problems).toEqual([]);
    // Whatever was secret in it is in the proposed connection, and nowhere else.
    expect(JSON.stringify([made.document, made.sample, made.problems])).not.toContain('s3cr3t');
  });

  it('says to begin with what it does, so that nothing keeps it from being published', () => {
    const said = (command: string) => fromCurl(command).document?.description;
    expect(said('curl https://api.example.com/orders/1042?token=s3cr3t')).toBe(
      'Asks api.example.com for /orders/{order_id}, and gives the answer of the service.',
    );
    expect(said('curl -X DELETE https://me:s3cr3t@api.example.com:8443/orders/1042')).toBe(
      'Deletes /orders/{order_id} at api.example.com:8443, and gives the answer of the service.',
    );
    expect(said('curl https://api.example.com')).toContain('for its root');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const { document } = fromCurl(`curl -X ${method} https://api.example.com/orders`);
      const { advice } = lint(compile(document!, kinds).contract!);
      expect(
        advice.filter(({ points }) => points >= 10),
        method,
      ).toEqual([]);
    }
  });

  it('is tested with 40 and more', () => {
    expect(COMMANDS.length + REFUSED.length).toBeGreaterThanOrEqual(60);
  });

  it.each(REFUSED)('%s is refused in words', (command, words) => {
    const made = fromCurl(command);
    expect(made.document).toBeNull();
    expect(made.problems.join()).toContain(words);
  });

  it('keeps what was pasted as examples of the arguments', () => {
    const { document } = fromCurl('curl https://a.example/orders/7?state=open');
    expect(document!.nodes[0]!.config['schema']).toEqual({
      type: 'object',
      properties: {
        order_id: { type: 'integer', examples: [7] },
        state: { type: 'string', examples: ['open'] },
      },
      required: ['order_id'],
      additionalProperties: false,
    });
  });

  it('takes the connection that was made of its credential', () => {
    const { document } = fromCurl('curl -u a:b https://a.example/x');
    expect(withConnection(document!, 'c1').nodes[1]!.config['connection']).toBe('c1');
    expect(document!.nodes[1]!.config).not.toHaveProperty('connection');
  });

  it('is recognised when it is pasted', () => {
    expect(['curl https://a.example', '  $ curl -s x', 'curl.exe x'].map(looksLikeCurl)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['curling is a sport', 'https://a.example', ''].map(looksLikeCurl)).toEqual([false, false, false]);
  });
});
