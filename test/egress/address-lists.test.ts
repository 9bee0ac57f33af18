import type { buildConnector } from 'undici';
import { describe, expect, test } from 'vitest';
import { StepError } from '#lib/engine/errors.ts';
import { egressFor, never, serve } from './local-server.ts';

// Every address here is asked for through the whole of `request`. The names are looked up in this table and
// dialling is recorded instead of done: no packet leaves.
const names: Record<string, string[]> = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.localdomain': ['127.0.0.1'],
  'metadata.google.internal': ['169.254.169.254'],
  'host.docker.internal': ['192.168.65.254'],
  db: ['172.18.0.3'],
  'loop4.example': ['127.0.0.1'],
  'loop6.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'meta.example': ['169.254.169.254'],
  'ten.example': ['10.0.0.5'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  'meta6.example': ['fd00:ec2::254'],
  'zero.example': ['0.0.0.0'],
  'good4.example': ['93.184.216.34'],
  'good6.example': ['2606:2800:220:1:248:1893:25c8:1946'],
  'dual.example': ['2606:2800:220:1:248:1893:25c8:1946', '93.184.216.34'],
  'xn--bcher-kva.example': ['93.184.216.34'],
  'api.good.example': ['93.184.216.34'],
};

function guarded(allow: string[] = []) {
  const dialled: string[] = [];
  const dial: buildConnector.connector = ({ protocol, hostname, port, servername }, callback) => {
    dialled.push([protocol, hostname, port || '-', servername ?? '-'].join(' '));
    callback(Object.assign(new Error('not dialled in a test'), { code: 'ECONNREFUSED' }), null);
  };
  const lookup = async (name: string) => {
    const found = names[name];
    if (!found) throw Object.assign(new Error('unknown name'), { code: 'ENOTFOUND' });
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  const egress = egressFor({ allow, lookup, dial });
  return {
    dialled,
    async ask(url: string): Promise<string> {
      const error: unknown = await egress
        .request({ method: 'GET', url }, never())
        .catch((thrown: unknown) => thrown);
      return error instanceof StepError ? error.code : String(error);
    },
  };
}

const refused = String.raw`
http://127.0.0.1/  http://127.1/  http://127.255.255.254/  http://2130706433/  http://0x7f000001/  http://0x7f.0.0.1/  http://0177.0.0.1/  http://017700000001/
http://127.0.0.1./  http://①②⑦.⓪.⓪.①/  http://127。0。0。1/  http://0/  http://0.0.0.0:5432/  http://localhost/  http://LOCALHOST./  http://localhost.localdomain/
http://[::1]/  http://[::]/  http://[::ffff:127.0.0.1]/  http://[::ffff:7f00:1]/  http://[::127.0.0.1]/  http://[::ffff:169.254.169.254]/  http://[64:ff9b::169.254.169.254]/
http://[64:ff9b:1::a9fe:a9fe]/  http://[2002:7f00:1::]/  http://[2002:a9fe:a9fe::]/  http://[2001:0:7f00:1::]/  http://[fd00:ec2::254]/  http://[fc00::1]/  http://[fe80::1]/
http://[fe80::1%25eth0]/  http://[fec0::1]/  http://[ff02::1]/  http://[2001:db8::1]/  http://[3fff::1]/  http://[100::1]/  http://[5f00::1]/
http://169.254.169.254/latest/meta-data/  http://2852039166/  http://0xa9fea9fe/  http://0251.0376.0251.0376/  http://169.254.170.2/v2/credentials  http://100.100.100.200/
http://168.63.129.16/  http://192.0.0.192/  http://metadata.google.internal/computeMetadata/v1/
http://10.0.0.1/  http://172.16.0.1/  http://172.31.255.255/  http://192.168.0.1/  http://100.64.0.1/  http://198.18.0.1/  http://192.0.2.1/  http://224.0.0.1/  http://240.0.0.1/  http://255.255.255.255/
http://loop4.example/  http://loop6.example/  http://mapped.example/  http://meta.example/  http://ten.example/  http://mixed.example/  http://nat64.example/  http://meta6.example/  http://zero.example/  http://db/  http://host.docker.internal/
http://no-such-name.example/
file:///etc/passwd  ftp://good4.example/  gopher://127.0.0.1:6379/_INFO  data:text/html,x  javascript:alert(1)  unix:///var/run/docker.sock  dict://127.0.0.1:11211/  ws://127.0.0.1/
http:///127.0.0.1/  http:127.0.0.1/  http:\\127.0.0.1\  http://good4.example@127.0.0.1/  http://127.0.0.1#@good4.example/  http://user:pw@good4.example/
http://good4.example:25/  http://good4.example:22/  http://%31%32%37.0.0.1/  http://127.0.0.1%00.good4.example/  https://[::1]:8443/
`
  .trim()
  .split(/\s+/);

describe('addresses that must be refused', () => {
  test.each(refused)('%s', async (url) => {
    const { ask, dialled } = guarded();
    expect(['EGRESS_BLOCKED', 'BAD_URL']).toContain(await ask(url));
    expect(dialled).toEqual([]);
  });

  test('refused, filtered and unknown names read the same', async () => {
    const egress = egressFor({
      allow: [],
      lookup: async (name) => {
        if (name === 'inner.example') return [{ address: '10.0.0.5', family: 4 }];
        throw new Error('ENOTFOUND');
      },
    });
    const texts = await Promise.all(
      ['http://10.0.0.5/', 'http://inner.example/', 'http://unknown.example/'].map((url) =>
        egress.request({ method: 'GET', url }, never()).catch((error: Error) => error.message),
      ),
    );
    expect(new Set(texts)).toEqual(new Set(['Blocked by egress policy (address).']));
  });
});

const passed: [url: string, dials: string[]][] = [
  ['http://good4.example/', ['http: 93.184.216.34 - -']],
  ['https://good4.example/', ['https: 93.184.216.34 - good4.example']],
  ['http://93.184.216.34/', ['http: 93.184.216.34 - -']],
  ['http://[2606:2800:220:1:248:1893:25c8:1946]/', ['http: 2606:2800:220:1:248:1893:25c8:1946 - -']],
  ['http://good6.example/', ['http: 2606:2800:220:1:248:1893:25c8:1946 - -']],
  ['http://dual.example/', ['http: 93.184.216.34 - -', 'http: 2606:2800:220:1:248:1893:25c8:1946 - -']],
  ['http://good4.example:8080/path?q=1', ['http: 93.184.216.34 8080 -']],
  ['https://bücher.example/', ['https: 93.184.216.34 - xn--bcher-kva.example']],
  ['http://GOOD4.example./', ['http: 93.184.216.34 - -']],
  ['http://1572395042/', ['http: 93.184.216.34 - -']],
  ['http://172.32.0.1/', ['http: 172.32.0.1 - -']],
  ['http://11.0.0.1/', ['http: 11.0.0.1 - -']],
  ['http://100.128.0.1/', ['http: 100.128.0.1 - -']],
  ['http://192.169.0.1/', ['http: 192.169.0.1 - -']],
  ['https://api.good.example:8443/v1', ['https: 93.184.216.34 8443 api.good.example']],
];

describe('addresses that must pass', () => {
  test.each(passed)('%s', async (url, dials) => {
    const { ask, dialled } = guarded();
    expect(await ask(url)).toBe('NETWORK');
    expect(dialled).toEqual(dials);
  });
});

describe('EGRESS_ALLOW', () => {
  test('an allowed loopback address passes, its neighbours do not', async () => {
    const address = await serve((_, response) => response.end('inner'));
    const egress = egressFor({ allow: ['127.0.0.1/32'] });
    const answer = await egress.request({ method: 'GET', url: `${address}/` }, never());
    expect(answer.status).toBe(200);
    expect(Buffer.from(answer.body).toString()).toBe('inner');

    const { ask, dialled } = guarded(['127.0.0.1/32']);
    expect(await ask('http://127.0.0.2/')).toBe('EGRESS_BLOCKED');
    expect(await ask('http://[::1]/')).toBe('EGRESS_BLOCKED');
    expect(await ask('http://[::ffff:127.0.0.1]/')).toBe('EGRESS_BLOCKED');
    expect(dialled).toEqual([]);
  });

  test('a host entry permits what the name resolves to, and no other name', async () => {
    const { ask, dialled } = guarded(['DB', 'bücher.example']);
    expect(await ask('http://db:8080/')).toBe('NETWORK');
    expect(await ask('http://172.18.0.3/')).toBe('EGRESS_BLOCKED');
    expect(await ask('http://ten.example/')).toBe('EGRESS_BLOCKED');
    expect(dialled).toEqual(['http: 172.18.0.3 8080 -']);
  });

  test('metadata services stay refused unless their address is spelled out', async () => {
    const wide = guarded(['169.254.0.0/16', 'metadata.google.internal', 'fd00::/8']);
    expect(await wide.ask('http://169.254.169.254/')).toBe('EGRESS_BLOCKED');
    expect(await wide.ask('http://metadata.google.internal/')).toBe('EGRESS_BLOCKED');
    expect(await wide.ask('http://[fd00:ec2::254]/')).toBe('EGRESS_BLOCKED');
    expect(await wide.ask('http://169.254.1.1/')).toBe('NETWORK');

    const literal = guarded(['169.254.169.254', 'fd00:ec2::254']);
    expect(await literal.ask('http://metadata.google.internal/')).toBe('NETWORK');
    expect(await literal.ask('http://[fd00:ec2::254]/')).toBe('NETWORK');
  });

  test.each(['10.0.0.0/33', 'http://db', 'db:5432', '10.0.0', '*.example.com', '10.0.0.0/', '::1/129'])(
    'the entry %s is refused by name',
    (entry) => {
      expect(() => egressFor({ allow: [entry] })).toThrow(`EGRESS_ALLOW: "${entry}"`);
    },
  );
});
