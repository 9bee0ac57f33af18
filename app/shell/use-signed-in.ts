'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { ApiError } from '#app/data/api-error.ts';

/** Leads to the sign-in page and back where an answer says that nobody is signed in, or to what has to be set up first. */
export function useSignedIn(error: Error | null): void {
  const router = useRouter();
  const path = usePathname();
  const page = error instanceof ApiError ? pageFor(error) : null;
  useEffect(() => {
    if (page) router.replace(`/${page}?next=${encodeURIComponent(path + window.location.search)}`);
  }, [page, router, path]);
}

function pageFor(error: ApiError): string | null {
  if (error.status === 401) return 'sign-in';
  return error.details['reason'] === 'two_factor' ? 'two-factor' : null;
}
