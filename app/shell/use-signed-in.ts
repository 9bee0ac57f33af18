'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { ApiError } from '#app/data/api-error.ts';

/** Leads to the sign-in page and back where an answer says that nobody is signed in, or to what has to be set up first. */
export function useSignedIn(error: Error | null): void {
  const router = useRouter();
  const path = usePathname();
  const page = pageFor(error);
  useEffect(() => {
    if (page) router.replace(`/${page}?next=${encodeURIComponent(path + window.location.search)}`);
  }, [page, router, path]);
}

/** Whether the person is led elsewhere first. */
export function hasToSignIn(error: Error | null): boolean {
  return pageFor(error) !== null;
}

function pageFor(error: Error | null): string | null {
  if (!(error instanceof ApiError)) return null;
  if (error.status === 401) return 'sign-in';
  return error.details['reason'] === 'two_factor' ? 'two-factor' : null;
}
