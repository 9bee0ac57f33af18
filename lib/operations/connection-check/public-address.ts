import { type Finding, failed, ok, strange, warning } from './hop.ts';
import type { OwnServer } from './own-server.ts';

export const PROXY = 'Look at the proxy between the internet and Patchbay: ';

/** What PUBLIC_URL says by itself. */
export async function lookAtAddress(publicUrl: string): Promise<Finding> {
  const { protocol, hostname } = new URL(publicUrl);
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) {
    return warning(
      `${publicUrl} is this machine: programs on it can connect, others cannot.`,
      'For others, put Patchbay behind a proxy with https, and set PUBLIC_URL to its address.',
    );
  }
  if (protocol === 'http:') {
    return warning(
      `${publicUrl} is not encrypted: keys cross the network in the clear.`,
      'Put a proxy with https in front, and set PUBLIC_URL to its address. Hosted clients connect over https only.',
    );
  }
  return ok(publicUrl);
}

/** Whether Patchbay answers there. */
export async function lookAtServer(server: OwnServer): Promise<Finding> {
  const answer = await server.ask({ method: 'GET', path: '/health' });
  if (answer.status === 200 && answer.text.includes('"status":"ok"')) return ok('HTTP 200');
  if (answer.headers['location'] !== undefined) {
    return failed(
      strange(answer),
      'Clients do not follow redirects with their key. Set PUBLIC_URL to the address it leads to, or end the redirect.',
    );
  }
  if ([502, 503, 504].includes(answer.status)) {
    return failed(
      strange(answer),
      `${PROXY}it does not reach Patchbay. Compare the address it passes requests to with HOST and PORT.`,
    );
  }
  if ([401, 403].includes(answer.status)) {
    return failed(
      strange(answer),
      `${PROXY}it asks for a sign-in of its own. Let /mcp/ and /health through without one.`,
    );
  }
  return failed(
    strange(answer),
    'Something else than Patchbay answers there. Set PUBLIC_URL to the address where Patchbay is, without a path.',
  );
}
