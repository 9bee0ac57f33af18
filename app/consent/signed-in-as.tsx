'use client';

import { useRouter } from 'next/navigation';
import { useSignOut } from '#app/data/use-sign-out.ts';
import { Button } from '#app/ui/button.tsx';
import { toast } from '#app/ui/toast.ts';

/** Who is signed in, and a way to be somebody else and come back to this page. */
export function SignedInAs({ person }: { person: { name: string; email: string } }) {
  const router = useRouter();
  const signOut = useSignOut();
  const leave = () => {
    const next = window.location.pathname + window.location.search;
    signOut.mutate(undefined, {
      onSuccess: () => router.replace(`/sign-in?next=${encodeURIComponent(next)}`),
      onError: (error) => toast.error(error.message),
    });
  };
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-13 text-muted">
      <span className="min-w-0 break-words">
        Signed in as <span className="text-ink">{person.name}</span> ({person.email})
      </span>
      <Button variant="link" busy={signOut.isPending} onClick={leave}>
        Not you?
      </Button>
    </p>
  );
}
