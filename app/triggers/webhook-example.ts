import type { Trigger } from '#app/data/types.ts';
import type { JsonObject } from '#lib/workflow/json.ts';

export interface ExampleOf {
  url: string;
  signature: NonNullable<Trigger['signature']>;
  /** Null where it is not known any more. */
  secret: string | null;
  body: JsonObject;
}

/** Commands for a shell with curl and openssl that send a signed body. */
export function webhookExample({ url, signature, secret, body }: ExampleOf): string {
  const start = [
    `SECRET=${quoted(secret ?? 'the secret')}`,
    `BODY=${quoted(JSON.stringify(body))}`,
    signature === 'standard' ? 'ID="msg_$(date +%s)"; AT="$(date +%s)"' : 'ID="$(date +%s)"',
  ];
  const send = [`curl ${quoted(url)}`, "-H 'content-type: application/json'"];
  const [sign, headers] = signature === 'standard' ? standard() : github();
  return [...start, sign, [...send, ...headers, '-d "$BODY"'].join(' \\\n  ')].join('\n');
}

/** Standard Webhooks: HMAC-SHA-256 over id, time and body, keyed with the bytes after `whsec_`. */
function standard(): [sign: string, headers: string[]] {
  return [
    [
      'KEY="$(printf %s "${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d \' \\n\')"',
      'SIGNATURE="$(printf %s "$ID.$AT.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)"',
    ].join('\n'),
    ['-H "webhook-id: $ID"', '-H "webhook-timestamp: $AT"', '-H "webhook-signature: v1,$SIGNATURE"'],
  ];
}

function github(): [sign: string, headers: string[]] {
  return [
    'SIGNATURE="$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed \'s/.* //\')"',
    ['-H "x-github-delivery: $ID"', '-H "x-hub-signature-256: sha256=$SIGNATURE"'],
  ];
}

/** One word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
