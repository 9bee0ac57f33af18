/**
 * The nonce of this page, with which style elements pass its policy (workers/page-headers.ts): the same as the one on
 * its scripts. Browser only; undefined on the server, where nothing makes such elements.
 */
export function pageNonce(): string | undefined {
  if (typeof document === 'undefined') return undefined;
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
}

/** What locks the page behind dialogs and menus asks for the nonce by this name. */
if (typeof window !== 'undefined') Object.assign(window, { __webpack_nonce__: pageNonce() });
