'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { ApiError } from '#app/data/api-error.ts';

/** Leads to the sign-in page and back where an answer says that nobody is signed in. */
export function useSignedIn(error: Error | null): void {
  const router = useRouter();
  const path = usePathname();
  const signedOut = error instanceof ApiError && error.status === 401;
  useEffect(() => {
    if (signedOut) router.replace(`/sign-in?next=${encodeURIComponent(path + window.location.search)}`);
  }, [signedOut, router, path]);
}
