/**
 * Style elements that carry no nonce: the sheet of the toasts, which their package puts in while it is loaded, and
 * which is empty when it does. test/api/page-headers.test.ts compares it with the package.
 */
const TOASTS = "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";
const EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * Headers of every page. Scripts run only with this answer's nonce, which Next.js finds in the request and puts on its
 * own; style elements need it too (app/ui/page-nonce.ts). `style` attributes may stand anywhere: React writes them, and
 * none can carry a nonce. In development Next.js evaluates code, makes style elements and talks over a web socket.
 */
export function pageHeaders(options: {
  nonce: string;
  dev: boolean;
  https: boolean;
}): Record<string, string> {
  const { nonce, dev, https } = options;
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // For browsers that do not know the two behind it.
    "style-src 'self' 'unsafe-inline'",
    `style-src-elem 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}' ${TOASTS} ${EMPTY}`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${dev ? ' ws: wss:' : ''}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}
