/**
 * Who may call the tools at an address: people who sign in through their client (OAuth), and keys; keys alone, with
 * nothing of OAuth to be found; or anybody.
 */
export const ACCESS = ['oauth', 'key', 'public'] as const;
export type Access = (typeof ACCESS)[number];

/** Anything unexpected in the column closes the door. */
export function accessOf(access: string): Access {
  return ACCESS.find((known) => known === access) ?? 'key';
}

/** What members may call who only view: nothing, what changes nothing, or all. */
export const VIEWER_CALLS = ['nothing', 'reads', 'all'] as const;
export type ViewerCalls = (typeof VIEWER_CALLS)[number];

export function viewerCallsOf(calls: string): ViewerCalls {
  return VIEWER_CALLS.find((known) => known === calls) ?? 'nothing';
}
